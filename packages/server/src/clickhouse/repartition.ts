import { setTimeout } from 'node:timers/promises';
import type { Engine } from './engine.ts';
import { quoteString } from './parameters.ts';
import { QueryError } from './query-error.ts';

interface Table {
  readonly name: string;
  readonly partitionKey: string;
  readonly sortingKey: string;
  readonly definition: string;
}

/** ClickHouse `ErrorCodes.cpp`: TABLE_ALREADY_EXISTS, UNKNOWN_TABLE, TABLE_IS_DROPPED. Another process did this step. */
const OVERTAKEN: ReadonlySet<number | undefined> = new Set([57, 60, 218]);
/** A step of another process can take seconds on a busy machine. */
const MAX_ATTEMPTS = 300;
const RETRY_MS = 200;

/** Another process has renamed a table since it was looked up. */
class OvertakenError extends Error {}

/** Maximum number of rows in one copy, so that it ends within the time limit of a command. */
const MAX_ROWS_AT_ONCE = 1_000_000;

/** The table and the expression of a `REPARTITION table BY expression` statement; undefined for other statements. */
export function parseRepartition(statement: string): { table: string; by: string } | undefined {
  const [, table, by] = /^REPARTITION (\w+) BY (.+)$/s.exec(statement) ?? [];
  return table && by ? { table, by } : undefined;
}

/**
 * Changes the partitions of a table. ClickHouse cannot do that in place, so a new table gets the name, and the rows are
 * copied. If the process is killed meanwhile, the next call continues.
 *
 *     t            t_before         t_next
 *     old          –                new, empty    created
 *     –            old              new           renamed …
 *     –            old              –             … and the new one dropped by another process: created again
 *     new          old              –             … renamed, rows are copied
 *     new          –                –             done
 *
 * A partition that was copied before a crash is copied again: rows with the same key and version replace each other.
 * Several processes can call this at the same time: the one that drops the old table has copied all of it.
 */
export async function repartition(engine: Engine, table: string, by: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await continueRepartition(engine, table, by);
    } catch (error) {
      const isOvertaken =
        error instanceof OvertakenError ||
        (error instanceof QueryError && OVERTAKEN.has(error.clickhouseCode));
      if (!isOvertaken || attempt === MAX_ATTEMPTS) throw error;
      await setTimeout(RETRY_MS);
    }
  }
}

async function continueRepartition(engine: Engine, table: string, by: string): Promise<void> {
  const next = `${table}_next`;
  const before = `${table}_before`;
  const tables = await tablesOf(engine, [table, next, before]);
  const old = tables.get(before);
  if (!old) {
    const current = tables.get(table);
    if (!current) throw new OvertakenError(`there is no table ${table} to partition`);
    await engine.command(`DROP TABLE IF EXISTS ${next} SYNC`);
    await engine.command(definitionOf(current, next, by));
    const created = (await tablesOf(engine, [next])).get(next);
    if (created?.partitionKey === current.partitionKey) {
      await engine.command(`DROP TABLE ${next} SYNC`);
      return;
    }
    await engine.command(`RENAME TABLE ${table} TO ${before}`);
    await engine.command(`RENAME TABLE ${next} TO ${table}`);
  } else if (!tables.has(table)) {
    // A process that began before the old table was renamed can have dropped the new one.
    if (!tables.has(next)) await engine.command(definitionOf(old, next, by));
    await engine.command(`RENAME TABLE ${next} TO ${table}`);
  }
  await copyRows(engine, before, table);
  await engine.command(`DROP TABLE IF EXISTS ${before} SYNC`);
}

async function tablesOf(engine: Engine, names: readonly string[]): Promise<Map<string, Table>> {
  const tables = await engine.query<Table>(
    `SELECT name, partition_key AS partitionKey, sorting_key AS sortingKey, create_table_query AS definition
     FROM system.tables WHERE database = currentDatabase() AND name IN {names:Array(String)}`,
    { names },
  );
  return new Map(tables.map((table) => [table.name, table]));
}

/** The definition of the table, including its later changes, with a different name and different partitions. */
function definitionOf({ definition, partitionKey }: Table, name: string, by: string): string {
  const clause = `PARTITION BY ${partitionKey} `;
  if (!definition.includes(clause)) throw new Error(`the definition contains no partitions: ${definition}`);
  return definition
    .replace(/^CREATE TABLE \S+/, () => `CREATE TABLE ${name}`)
    .replace(clause, () => `PARTITION BY ${by} `);
}

async function copyRows(engine: Engine, from: string, to: string): Promise<void> {
  const target = (await tablesOf(engine, [to])).get(to);
  if (!target) throw new OvertakenError(`there is no table ${to} to copy to`);
  const { partitionKey, sortingKey } = target;
  // The last column of the key has the most distinct values, so it splits the rows evenly.
  const spread = sortingKey.split(', ').at(-1);
  const partitions = await engine.query<{ partition: string; rows: string }>(
    `SELECT toString(${partitionKey}) AS partition, count() AS rows FROM ${from} GROUP BY partition ORDER BY partition`,
    {},
    { maxSeconds: 600 },
  );
  for (const { partition, rows } of partitions) {
    const pieces = Math.ceil(Number(rows) / MAX_ROWS_AT_ONCE);
    for (let piece = 0; piece < pieces; piece++)
      await engine.command(
        `INSERT INTO ${to} SELECT * FROM ${from}
         WHERE toString(${partitionKey}) = ${quoteString(partition)} AND cityHash64(${spread}) % ${pieces} = ${piece}`,
      );
  }
}
