import { setTimeout } from 'node:timers/promises';
import type { Engine } from './engine.ts';

/** Number of days before the creation of the store that have their own partitions. */
const DAYS_BEFORE = 60;
const DAY_MS = 86_400_000;

/**
 * Replaces the placeholders of a migration statement, whose values depend on the store:
 *
 *     {daily_since}             → 2026-10-02, sixty days before the store was created
 *     {partition_key_of spans}  → the partition expression of that table
 */
export async function expandStatement(engine: Engine, sql: string): Promise<string> {
  let expanded = sql;
  if (sql.includes('{daily_since}'))
    expanded = expanded.replaceAll('{daily_since}', await dailySince(engine));
  for (const [placeholder, table = ''] of sql.matchAll(/\{partition_key_of (\w+)\}/g))
    expanded = expanded.replaceAll(placeholder, await lastingPartitionKeyOf(engine, table));
  return expanded;
}

/** The partition expression of a table as ClickHouse prints it. Empty if the table is not partitioned or not there. */
export async function partitionKeyOf(engine: Pick<Engine, 'query'>, table: string): Promise<string> {
  const [found] = await engine.query<{ key: string }>(
    `SELECT partition_key AS key FROM system.tables
     WHERE database = currentDatabase() AND name = {table:String}`,
    { table },
  );
  return found?.key ?? '';
}

const MAX_ATTEMPTS = 50;
const RETRY_MS = 200;

/** While another process migrates the same store, the table has another name for a moment. */
async function lastingPartitionKeyOf(engine: Pick<Engine, 'query'>, table: string): Promise<string> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const key = await partitionKeyOf(engine, table);
    if (key !== '') return key;
    await setTimeout(RETRY_MS);
  }
  throw new Error(`There is no partitioned table ${table}.`);
}

/** The same day for every process and every migration, because the store records when it was created. */
async function dailySince(engine: Engine): Promise<string> {
  const [created] = await engine.query<{ ms: string | null }>(
    'SELECT minOrNull(toUnixTimestamp64Milli(applied_at)) AS ms FROM migrations',
  );
  const createdMs = Number(created?.ms ?? Date.now());
  return new Date(createdMs - DAYS_BEFORE * DAY_MS).toISOString().slice(0, 10);
}
