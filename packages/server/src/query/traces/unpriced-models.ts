import type { QueryLimits } from '../../clickhouse/engine.ts';
import { and, type Sql, sql, unsafeRawSql } from '../../clickhouse/sql.ts';
import { MAX_UNPRICED_MODELS } from '../../contract/unpriced.ts';
import type { ProjectScope } from '../project-scope.ts';

/** An aggregate over rows of `traces`. */
export const UNPRICED_MODELS: Sql = sql`arraySort(groupUniqArrayArray(${unsafeRawSql(String(MAX_UNPRICED_MODELS))})(unpriced_models))`;

/** The models without a price in the traces that satisfy all conditions. Few traces have some, so they are read separately. */
export async function readUnpricedModels(
  scope: ProjectScope,
  conditions: readonly Sql[],
  limits: QueryLimits,
): Promise<readonly string[]> {
  const [row] = await scope.query<{ models: string[] }>(
    sql`SELECT ${UNPRICED_MODELS} AS models FROM ${scope.traces} AS traces WHERE ${and([sql`unpriced > 0`, ...conditions])}`,
    limits,
  );
  return row?.models ?? [];
}
