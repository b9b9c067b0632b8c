import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openChdbEngine } from '../clickhouse/chdb/chdb-engine.ts';
import type { Engine } from '../clickhouse/engine.ts';
import { createTables } from '../testing/create-tables.ts';

let engine: Engine;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'throughline-partitions-'));
  engine = await openChdbEngine({ dataDir });
  await createTables(engine);
});
afterAll(async () => {
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});

it.each([
  ['spans', 'start'],
  ['payloads', 'start'],
  ['logs', 'time'],
  ['metrics', 'time'],
])('times that no clock has share one partition of %s', async (table, column) => {
  const days = [
    ...Array.from({ length: 200 }, (_, index) => 365 * index),
    // 2026-11-19 and 2026-11-20, and the last day there is.
    20_776,
    20_777,
    106_751,
  ];
  await engine.command(
    `INSERT INTO ${table} (project, ${column})
     SELECT 'p', fromUnixTimestamp64Nano(toInt64(arrayJoin([${days}]) * 86400000000000), 'UTC')
     SETTINGS max_partitions_per_insert_block = 0`,
  );
  const partitions = await engine.query<{ partition: string }>(
    `SELECT DISTINCT partition FROM system.parts
     WHERE active AND database = currentDatabase() AND table = '${table}' ORDER BY partition`,
  );
  const names = partitions.map(({ partition }) => partition);
  expect(names[0]).toBe('1970-01-01');
  expect(names).toContain('2026-11-19');
  expect(names).toContain('2026-11-20');
  expect(names.every((name) => name === '1970-01-01' || (name >= '2020' && name < '2050'))).toBe(true);
});
