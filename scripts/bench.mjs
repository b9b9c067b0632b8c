import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main, projectEnv, projectNode, root, run } from './lib/run.mjs';

/** `npm run bench -- <name> [options]` runs `bench/<name>/run.ts`. */
main(async () => {
  const [name, ...options] = process.argv.slice(2);
  const names = readdirSync(join(root, 'bench')).filter((folder) =>
    existsSync(join(root, 'bench', folder, 'run.ts')),
  );
  if (!names.includes(name)) throw new Error(`npm run bench -- <${names.join(' | ')}> [options]`);
  await ensureInstalled('everything');
  await build('everything');
  await run(projectNode, ['--conditions=throughline-source', join('bench', name, 'run.ts'), ...options], {
    env: projectEnv(),
  });
});
