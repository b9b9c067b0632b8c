import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { writeSnippet } from './snippets.ts';

const run = promisify(execFile);
const guide = fileURLToPath(new URL('../../docs/your-sdk.md', import.meta.url));

/** Runs a Node program with the environment that a tested block of `docs/your-sdk.md` exports. */
export async function runWithEnvironment(block: string, program: URL, serverUrl: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-guide-'));
  try {
    const settings = await writeSnippet(guide, block, folder, serverUrl);
    const command = 'source "$0" && exec "$1" "$2"';
    await run('bash', ['-c', command, settings, process.execPath, fileURLToPath(program)], {
      env: { PATH: process.env.PATH, NODE_OPTIONS: '' },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
