import { mkdtemp, rm } from 'node:fs/promises';
import { getPriority, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openChdbEngine } from './chdb-engine.ts';
import { lowerMergePriority } from './merge-priority.ts';

test.skipIf(platform() !== 'linux')(
  'the merges of an open store have a lower priority than the rest',
  async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'throughline-merges-'));
    const engine = await openChdbEngine({ dataDir });
    try {
      const merges = await lowerMergePriority();
      expect(merges).toBeGreaterThan(0);
      expect(getPriority(process.pid)).toBe(0);
    } finally {
      await engine.close();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
);
