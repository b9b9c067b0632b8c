import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MIB = 1 << 20;
/** Maximum size of all caches of a worker: shapes, classes of keys, prices, redacted keys, problems. */
const CACHES_MIB = 60;

it('keys and names that never repeat use no more memory than the limits of the caches', async () => {
  const script = fileURLToPath(new URL('../../testing/heap-of-hostile-keys.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    '--conditions=throughline-source',
    script,
  ]);
  const { long, many } = JSON.parse(stdout) as { long: number; many: number };
  // 60 requests with twelve keys of 200,000 characters each.
  expect(long / MIB).toBeLessThan(8);
  expect(many / MIB).toBeLessThan(CACHES_MIB);
});
