import { cpSync, existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bin, projectEnv, projectNode, root, run } from './run.mjs';

const web = join(root, 'packages', 'web');

/**
 * Compiles the packages and bundles the web application. Skips everything that is up to date.
 *
 * @param {'start' | 'everything'} scope the server, its pages and the SDK that the example uses, or every package
 */
export async function build(scope) {
  await run(projectNode, [bin('tsc'), '--build', 'packages/spans', 'packages/server']);
  if (scope === 'everything') await run(projectNode, [bin('tsc'), '--build', 'packages/privacy']);
  await run(projectNode, ['packages/sdk/build.mjs']);
  for (const folder of ['tables/schema', 'relational/schema'])
    cpSync(join(root, 'packages/server/src', folder), join(root, 'packages/server/dist', folder), {
      recursive: true,
    });
  // The server shows the guides at /docs.
  for (const guide of readdirSync(join(root, 'docs')).filter((file) => file.endsWith('.md')))
    cpSync(join(root, 'docs', guide), join(root, 'packages/server/dist/docs', guide));
  const bundle = join(web, 'dist', 'index.html');
  const inputs = [web, join(root, 'packages', 'spans', 'src'), join(root, 'package-lock.json')];
  if (!existsSync(bundle) || Math.max(...inputs.map(newestChange)) > statSync(bundle).mtimeMs) {
    await run(projectNode, [bin('vite'), 'build', '--logLevel', 'warn'], { cwd: web, env: projectEnv() });
  }
}

function newestChange(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.name !== 'dist' && entry.name !== 'node_modules')
    .reduce((newest, entry) => Math.max(newest, newestChange(join(path, entry.name))), 0);
}
