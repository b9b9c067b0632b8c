import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectNode, root, run } from './run.mjs';

const stamp = join(root, 'node_modules', '.installed-from');

/** Installs the locked dependencies where they are missing or belong to another lock file. */
export async function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.log('Installing dependencies (about 1.3 GB on disk, most of it the embedded ClickHouse) …');
  // Not `npm ci`: it refuses a lock file in which optional packages of other platforms are missing.
  await run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
  if (!existsSync(projectNode)) {
    throw new Error(
      'The package "node" did not install its binary. Allow its install script (npm config ignore-scripts must be false) and run this again.',
    );
  }
  writeFileSync(stamp, lock);
}
