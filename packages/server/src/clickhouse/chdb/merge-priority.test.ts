import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { getPriority, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openChdbEngine } from './chdb-engine.ts';
import { lowerMergePriority } from './merge-priority.ts';

test.skipIf(platform() !== 'linux')('only threads that merge have a lower priority', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-merges-'));
  const engine = await openChdbEngine({ dataDir });
  try {
    await engine.command('CREATE TABLE numbers (number UInt8) ENGINE = MergeTree ORDER BY number');
    expect(await lowerMergePriority()).toBeGreaterThan(0);
    const byPriority = new Map<number, Set<string>>();
    for (const thread of await readdir('/proc/self/task')) {
      const name = await readFile(`/proc/self/task/${thread}/comm`, 'utf8');
      const priority = getPriority(Number(thread));
      if (priority > 0) byPriority.set(priority, (byPriority.get(priority) ?? new Set()).add(name.trim()));
    }
    expect(byPriority).toEqual(new Map([[19, new Set(['MergeMutate'])]]));
  } finally {
    await engine.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});
