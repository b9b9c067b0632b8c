import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openChdbEngine } from './chdb/chdb-engine.ts';
import type { Engine } from './engine.ts';
import { repartition } from './repartition.ts';

let engine: Engine;
let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'throughline-repartition-'));
  engine = await openChdbEngine({ dataDir });
});
afterAll(async () => {
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});
afterEach(async () => {
  for (const name of ['t', 't_next', 't_before']) await engine.command(`DROP TABLE IF EXISTS ${name} SYNC`);
});

const BY = 'toStartOfMonth(day)';

async function createTable(name: string, by: string): Promise<void> {
  await engine.command(
    `CREATE TABLE ${name} (day Date, id UInt32, word String, version UInt8, INDEX words word TYPE bloom_filter(0.01))
     ENGINE = ReplacingMergeTree(version) PARTITION BY ${by} ORDER BY (day, id)
     SETTINGS non_replicated_deduplication_window = 100`,
  );
}
const fill = (name: string) =>
  engine.command(
    `INSERT INTO ${name} SELECT toDate('2026-01-01') + number, number, toString(number), 1 FROM numbers(90)`,
  );

const stateOf = async () => ({
  tables: await engine.query(
    "SELECT name, partition_key FROM system.tables WHERE name LIKE 't%' AND database = currentDatabase()",
  ),
  partitions: await engine.query(
    "SELECT partition, toUInt32(sum(rows)) AS rows FROM system.parts WHERE active AND table = 't' GROUP BY partition ORDER BY partition",
  ),
  rows: await engine.query('SELECT toUInt32(count()) AS rows, toUInt32(sum(id)) AS ids FROM t FINAL'),
});
const DONE = {
  tables: [{ name: 't', partition_key: BY }],
  partitions: [
    { partition: '2026-01-01', rows: 31 },
    { partition: '2026-02-01', rows: 28 },
    { partition: '2026-03-01', rows: 31 },
  ],
  rows: [{ rows: 90, ids: 4005 }],
};

it('changes the partitions of a table and keeps its rows, columns, indexes and settings', async () => {
  await createTable('t', 'day');
  await engine.command('ALTER TABLE t ADD COLUMN note String DEFAULT word');
  await engine.command(
    "INSERT INTO t SELECT toDate('2026-01-01') + number, number, toString(number), 1, 'noted' FROM numbers(90)",
  );
  await repartition(engine, 't', BY);
  expect(await stateOf()).toEqual(DONE);
  const [{ sql } = { sql: '' }] = await engine.query<{ sql: string }>(
    "SELECT create_table_query AS sql FROM system.tables WHERE name = 't'",
  );
  expect(sql).toContain('INDEX words word TYPE bloom_filter(0.01)');
  expect(sql).toContain('non_replicated_deduplication_window = 100');
  expect(await engine.query('SELECT DISTINCT note FROM t')).toEqual([{ note: 'noted' }]);
});

it('changes nothing if the table already has these partitions', async () => {
  await createTable('t', BY);
  await fill('t');
  await repartition(engine, 't', BY);
  expect(await stateOf()).toEqual(DONE);
});

it.each<[when: string, prepare: () => Promise<void>]>([
  [
    'the new table was created',
    async () => {
      await createTable('t', 'day');
      await fill('t');
      await createTable('t_next', BY);
    },
  ],
  [
    'the old table was renamed',
    async () => {
      await createTable('t_before', 'day');
      await fill('t_before');
      await createTable('t_next', BY);
    },
  ],
  [
    'the old table was renamed, while another process dropped the new one',
    async () => {
      await createTable('t_before', 'day');
      await fill('t_before');
    },
  ],
  [
    'some rows were copied',
    async () => {
      await createTable('t_before', 'day');
      await fill('t_before');
      await createTable('t', BY);
      await engine.command("INSERT INTO t SELECT * FROM t_before WHERE day < '2026-02-01'");
    },
  ],
])('continues after a crash at which %s', async (_when, prepare) => {
  await prepare();
  await repartition(engine, 't', BY);
  await engine.command('OPTIMIZE TABLE t FINAL');
  expect(await stateOf()).toEqual(DONE);
});
