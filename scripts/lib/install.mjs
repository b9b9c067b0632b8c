import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectNode, root, run } from './run.mjs';

/** The workspaces that `npm start` needs. The tests need all workspaces, which is several times as much. */
export const START_WORKSPACES = ['packages/server', 'packages/web', 'examples/model-server', 'examples/rag'];

const stampPath = join(root, 'node_modules', '.installed-from');

/**
 * Installs the locked dependencies if they are missing or belong to another lock file.
 *
 * @param {'start' | 'everything'} scope
 */
export async function ensureInstalled(scope) {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  const installed = existsSync(stampPath) ? readFileSync(stampPath, 'utf8') : '';
  if (installed === `everything ${lock}` || installed === `${scope} ${lock}`) return;
  console.log('Installing dependencies (about 1.5 GB on disk, 0.6 GB of it the embedded ClickHouse) …');
  const workspaces =
    scope === 'start'
      ? ['--include-workspace-root', ...START_WORKSPACES.map((folder) => `--workspace=${folder}`)]
      : [];
  // `npm ci` is not used, because it refuses a lock file without the optional packages of other platforms.
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...workspaces]);
  if (!existsSync(projectNode)) {
    throw new Error(
      'The package "node" did not install its binary. Allow its install script (npm config ignore-scripts must be false) and run this again.',
    );
  }
  writeFileSync(stampPath, `${scope} ${lock}`);
}
