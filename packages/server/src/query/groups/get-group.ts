import type { Filter } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { nsToMs } from '../../clickhouse/numbers.ts';
import { and, sql, unsafeRawSql } from '../../clickhouse/sql.ts';
import { MAX_NAMES } from '../../contract/session.ts';
import { filterConditions } from '../filter/filter-sql.ts';
import { MAX_NS } from '../max-time.ts';
import type { ProjectScope } from '../project-scope.ts';
import type { GroupBy } from './group-columns.ts';
import { type ListedGroup, listGroups } from './list-groups.ts';

/** A session or a user with the totals of all its traces. */
export interface FoundGroup extends ListedGroup {
  readonly runningCount: number;
  readonly activeMs: number;
  readonly p50DurationMs: number | null;
  readonly p95DurationMs: number | null;
  readonly models: string[];
  readonly features: string[];
  readonly users: string[];
  readonly sessionCount: number;
}

interface Row {
  readonly running: string;
  readonly active_ns: string | null;
  readonly p50_ns: number | null;
  readonly p95_ns: number | null;
  readonly model_names: string[];
  readonly feature_names: string[];
  readonly user_names: string[];
  readonly session_count: string;
}

/** The filter that selects the traces of a session or a user. */
export function filterOfGroup(by: GroupBy, id: string): Filter {
  return { type: 'label', subject: { type: 'field', field: by }, test: { type: 'equals', value: id } };
}

/** Undefined if the project has no trace of this session or user. `nowNs` is the current time as stored with new spans. */
export async function getGroup(
  scope: ProjectScope,
  by: GroupBy,
  id: string,
  nowNs: bigint,
  signal?: AbortSignal,
): Promise<FoundGroup | undefined> {
  const limits: QueryLimits = signal ? { signal } : {};
  const filter = filterOfGroup(by, id);
  const names = unsafeRawSql(String(MAX_NAMES));
  const [{ groups }, rows] = await Promise.all([
    listGroups(scope, by, { filter, id, sort: '-lastSeen', limit: 1, asOfNs: nowNs, signal }),
    scope.query<Row>(
      sql`
      SELECT countIf(running) AS running, sum(duration_ns) AS active_ns,
        quantileExactIf(0.5)(toFloat64(duration_ns), isNotNull(duration_ns)) AS p50_ns,
        quantileExactIf(0.95)(toFloat64(duration_ns), isNotNull(duration_ns)) AS p95_ns,
        arraySort(groupUniqArrayArray(${names})(models)) AS model_names,
        arraySort(groupUniqArrayIf(${names})(feature, feature != '')) AS feature_names,
        arraySort(groupUniqArrayArray(${names})(users)) AS user_names,
        uniqExactArray(sessions) AS session_count
      FROM ${scope.traces} AS traces
      WHERE ${and(filterConditions(scope, filter, 0n, MAX_NS))}`,
      limits,
    ),
  ]);
  const [group] = groups;
  const [row] = rows;
  if (!group || !row) return undefined;
  return {
    ...group,
    runningCount: Number(row.running),
    activeMs: nsToMs(row.active_ns) ?? 0,
    p50DurationMs: msOf(row.p50_ns),
    p95DurationMs: msOf(row.p95_ns),
    models: row.model_names,
    features: row.feature_names,
    users: row.user_names,
    sessionCount: Number(row.session_count),
  };
}

/** A quantile of no values is not a number, which JSON writes as null. */
function msOf(ns: number | null): number | null {
  return ns === null ? null : nsToMs(String(ns));
}
