import type { Engine } from './engine.ts';

/** How many days before the store was created have a partition of their own. */
const DAYS_BEFORE = 60;
const DAY_MS = 86_400_000;

/**
 * Fills in what a statement of a migration takes from the store:
 *
 *     {daily_since}             → 2026-10-02, sixty days before the store was created
 *     {partition_key_of spans}  → the expression by which that table is partitioned
 */
export async function expandStatement(engine: Engine, sql: string): Promise<string> {
  let expanded = sql;
  if (sql.includes('{daily_since}'))
    expanded = expanded.replaceAll('{daily_since}', await dailySince(engine));
  for (const [placeholder, table = ''] of sql.matchAll(/\{partition_key_of (\w+)\}/g))
    expanded = expanded.replaceAll(placeholder, await partitionKeyOf(engine, table));
  return expanded;
}

/** The expression by which a table of the store is partitioned, as ClickHouse prints it; empty if it is not. */
export async function partitionKeyOf(engine: Pick<Engine, 'query'>, table: string): Promise<string> {
  const [found] = await engine.query<{ key: string }>(
    `SELECT partition_key AS key FROM system.tables
     WHERE database = currentDatabase() AND name = {table:String}`,
    { table },
  );
  return found?.key ?? '';
}

/** The same day for every process and every migration: the store remembers when it was created. */
async function dailySince(engine: Engine): Promise<string> {
  const [created] = await engine.query<{ ms: string | null }>(
    'SELECT minOrNull(toUnixTimestamp64Milli(applied_at)) AS ms FROM migrations',
  );
  const createdMs = Number(created?.ms ?? Date.now());
  return new Date(createdMs - DAYS_BEFORE * DAY_MS).toISOString().slice(0, 10);
}
