import type { QueryLimits } from '../../clickhouse/engine.ts';
import type { MetricsPeriod, MetricsResult, MetricsRow } from '../../contract/metrics-query.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import type { ProjectScope } from '../project-scope.ts';
import { labelsOfKey } from './group-keys.ts';
import { columnsOf, type MeasureQuery, planQuery, type QueryPlan } from './plan-query.ts';
import {
  limitsOf,
  type Period,
  type PeriodValues,
  type Point,
  rankGroups,
  readPeriod,
  type Values,
} from './read-period.ts';

/**
 * Adds up measures over spans or traces by dimensions and steps of time. Each span counts once, in its latest version.
 *
 * @throws ThroughlineError invalid-request
 */
export async function queryMeasures(
  scope: ProjectScope,
  query: MeasureQuery,
  signal?: AbortSignal,
): Promise<MetricsResult> {
  const plan = planQuery(query);
  const limits: QueryLimits = limitsOf(signal);
  const period = { fromNs: query.fromNs, toNs: query.toNs };
  const { keys, count } =
    plan.labels.length === 0 ? { keys: [], count: 0 } : await rankGroups(scope, plan, period, limits);
  const [current, previous] = await Promise.all([
    readPeriod(scope, plan, period, keys, limits),
    query.compare === undefined ? undefined : readPeriod(scope, plan, periodBefore(period), keys, limits),
  ]);
  const result = toPeriod(plan, period, keys, current, Math.max(0, count - keys.length));
  return {
    columns: columnsOf(plan),
    grain: plan.grain,
    times: current.steps.map(isoOfMs),
    incomplete: result.unpricedCalls > 0,
    ...result,
    previous:
      previous === undefined
        ? null
        : {
            times: previous.steps.map(isoOfMs),
            ...toPeriod(plan, periodBefore(period), keys, previous, null),
          },
  };
}

function periodBefore({ fromNs, toNs }: Period): Period {
  const before = fromNs - (toNs - fromNs);
  return { fromNs: before > 0n ? before : 0n, toNs: fromNs };
}

function isoOfMs(ms: number): string {
  return isoTimestampOf(BigInt(ms) * 1_000_000n);
}

function toPeriod(
  plan: QueryPlan,
  { fromNs, toNs }: Period,
  keys: readonly string[],
  { points, groups, totals, unpricedModels }: PeriodValues,
  others: number | null,
): MetricsPeriod {
  const hasCost = plan.measures.some(({ unit }) => unit.startsWith('usd'));
  const row = (values: Values): MetricsRow => ({
    ...Object.fromEntries(plan.measures.map(({ name }) => [name, values.values[name] ?? null])),
    ...(hasCost && { unpricedCalls: values.unpricedCalls }),
  });
  const labels = (group: number): MetricsRow => {
    if (plan.labels.length === 0) return {};
    const values = labelsOfKey(keys[group - 1] as string, plan.labels.length);
    return Object.fromEntries(plan.labels.map(({ name }, index) => [name, values[index] ?? null]));
  };
  const axes = (point: Point): MetricsRow => ({
    ...(point.stepMs !== undefined && { time: isoOfMs(point.stepMs) }),
    ...Object.fromEntries(plan.ordinals.map(({ name }, index) => [name, point.ordinals[index] ?? null])),
  });
  const ordered = points.toSorted(byPlace);
  const groupRows =
    plan.labels.length === 0
      ? [row(totals)]
      : keys.flatMap((_, index) => {
          const values = groups.get(index + 1);
          return values ? [{ ...labels(index + 1), ...row(values) }] : [];
        });
  const other = groups.get(0);
  const hasAxes = plan.grain !== null || plan.ordinals.length > 0;
  return {
    from: isoTimestampOf(fromNs),
    to: isoTimestampOf(toNs),
    rows: hasAxes
      ? ordered
          .filter(({ group }) => group > 0)
          .map((point) => ({ ...axes(point), ...labels(point.group), ...row(point) }))
      : groupRows,
    groups: groupRows,
    other: other
      ? {
          groups: others,
          total: row(other),
          rows: ordered
            .filter(({ group }) => group === 0)
            .map((point) => ({ ...axes(point), ...row(point) })),
        }
      : null,
    totals: row(totals),
    unpricedCalls: totals.unpricedCalls,
    unpricedModels: [...unpricedModels],
  };
}

/** By time, then by the ordinal dimensions, then by the rank of the group. */
function byPlace(a: Point, b: Point): number {
  const left = [a.stepMs ?? 0, ...a.ordinals, a.group];
  const right = [b.stepMs ?? 0, ...b.ordinals, b.group];
  for (const [index, value] of left.entries()) {
    const difference = (value ?? -1) - (right[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}
