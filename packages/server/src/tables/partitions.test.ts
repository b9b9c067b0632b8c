import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openChdbEngine } from '../clickhouse/chdb/chdb-engine.ts';
import type { Engine } from '../clickhouse/engine.ts';
import { copyEmptyStore } from '../testing/empty-store.ts';

let engine: Engine;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'throughline-partitions-'));
  await copyEmptyStore(dataDir);
  engine = await openChdbEngine({ dataDir });
});
afterAll(async () => {
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});

const DAY_MS = 86_400_000;
const dayAt = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
const today = Date.now();

it.each([
  ['spans', 'start'],
  ['payloads', 'start'],
  ['logs', 'time'],
  ['metrics', 'time'],
])(
  '%s has daily partitions around now, monthly ones before, and one for impossible times',
  async (table, column) => {
    const times = [
      '1970-01-01',
      '1999-12-31',
      '2019-12-31',
      '2020-01-01',
      '2021-02-03',
      '2021-02-28',
      dayAt(today - 50 * DAY_MS),
      dayAt(today),
      dayAt(today + DAY_MS),
      dayAt(today + 4 * DAY_MS),
      dayAt(today + 400 * DAY_MS),
      '2149-06-07',
      '2262-04-10',
    ];
    await engine.command(
      `INSERT INTO ${table} (project, ${column}, version)
     SELECT 'p', toDateTime64(arrayJoin(${JSON.stringify(times).replaceAll('"', "'")}), 9, 'UTC'), ${today}000000
     SETTINGS max_partitions_per_insert_block = 0`,
    );
    const partitions = await engine.query<{ partition: string }>(
      `SELECT DISTINCT partition FROM system.parts
     WHERE active AND database = currentDatabase() AND table = '${table}' ORDER BY partition`,
    );
    expect(partitions.map(({ partition }) => partition)).toEqual([
      '1970-01-01',
      '2020-01-01',
      '2021-02-01',
      dayAt(today - 50 * DAY_MS),
      dayAt(today),
      dayAt(today + DAY_MS),
    ]);
  },
);

it('a store of 30 years, with rows on each day, has a bounded number of partitions', async () => {
  const days = Array.from({ length: 10_950 }, (_, day) => day);
  await engine.command(
    `INSERT INTO logs (project, time, version)
     SELECT 'p', toDateTime64('2020-01-01 00:00:00', 9, 'UTC') + toIntervalDay(arrayJoin([${days}])), ${today}000000
     SETTINGS max_partitions_per_insert_block = 0`,
  );
  const [found] = await engine.query<{ partitions: number; rows: string }>(
    `SELECT toUInt32(uniqExact(partition)) AS partitions FROM system.parts
     WHERE active AND database = currentDatabase() AND table = 'logs'`,
  );
  const months = (new Date(today).getUTCFullYear() - 2020) * 12 + 12;
  expect(found?.partitions).toBeLessThan(months + 65);
});
