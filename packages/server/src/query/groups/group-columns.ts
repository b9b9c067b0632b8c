import { sql } from '../../clickhouse/sql.ts';

/**
 * Column of `traces` with the different values of all spans of a trace. A trace can belong to several groups, exactly as
 * the filters `session:` and `user:` find it.
 */
export const GROUP_COLUMNS = { session: sql`sessions`, user: sql`users` } as const;

export type GroupBy = keyof typeof GROUP_COLUMNS;
