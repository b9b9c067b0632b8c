import { type Sql, sql, time, unsafeRawSql } from '../../clickhouse/sql.ts';
import { MAX_NS } from '../max-time.ts';

/**
 * The tables that people can query. `time` is the column to which the range of a request applies. All columns of a table
 * except `project` and those that only the server needs can be read.
 */
export const SQL_TABLES = {
  traces: {
    time: 'start',
    hidden: ['first_version', 'start_version', 'version', 'version_of_tags', 'deleted'],
  },
  spans: { time: 'start', hidden: ['version', 'mapper_version'] },
  payloads: { time: 'start', hidden: ['version'] },
  logs: { time: 'time', hidden: ['version', 'content_hash', 'position'] },
  scores: { time: 'created', hidden: ['version'] },
  metrics: { time: 'time', hidden: ['version'] },
} as const satisfies Record<string, { readonly time: string; readonly hidden: readonly string[] }>;

export type SqlTable = keyof typeof SQL_TABLES;

export const SQL_TABLE_NAMES = Object.keys(SQL_TABLES) as SqlTable[];

export interface SqlRange {
  readonly fromNs?: bigint | undefined;
  readonly toNs?: bigint | undefined;
}

/**
 * A `WITH` clause that gives the names of the tables a meaning: the rows of one project. Without it, the names mean nothing,
 * because the statement runs in another database.
 *
 * The project is in PREWHERE, so no expression of a statement is evaluated for a row of another project. Otherwise an error
 * such as "cannot parse …" could reveal it.
 */
export function withTables(database: string, project: string, { fromNs, toNs }: SqlRange): Sql {
  const from = time(fromNs ?? 0n);
  const to = time(toNs ?? MAX_NS);
  const table = (name: SqlTable): Sql => {
    const { time: column, hidden } = SQL_TABLES[name];
    return sql`${raw(name)} AS (
      SELECT * EXCEPT (${raw(['project', ...hidden].join(', '))})
      FROM ${raw(`${quoteIdentifier(database)}.${name}`)} FINAL
      PREWHERE project = ${project}
      WHERE ${raw(column)} >= ${from} AND ${raw(column)} < ${to})`;
  };
  const [first, ...others] = SQL_TABLE_NAMES.map(table);
  return others.reduce((list, each) => sql`${list}, ${each}`, sql`WITH ${first as Sql}`);
}

/** Text of this file, or the name of a database that an operator configured. */
const raw = unsafeRawSql;

function quoteIdentifier(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
