import { type Expression, parseDimension, printFilter, type RowsOf } from '@throughline/spans';
import type { MetricsRow } from '../../api/types.ts';
import { conditionsOf, equals, filterOfConditions, not, type ValueSubject } from '../../filter/conditions.ts';
import type { SearchRecord } from '../../url/search-params.ts';

/** The list behind a value of a panel. */
export interface DrillDown {
  readonly to: '/' | '/spans';
  readonly search: SearchRecord;
}

export interface DrillDownOptions {
  readonly of: RowsOf;
  readonly project: string;
  /** Filters of the page and of the panel. */
  readonly filters: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
  /** The measure that is shown, such as `cost.sum`. */
  readonly measure: string;
  /** Names of the dimensions of the panel. */
  readonly by: readonly string[];
  /** The group. Undefined: all of them. */
  readonly row?: MetricsRow | undefined;
}

/** Spans have these labels of their trace, so the list of traces finds them. */
const OF_TRACE = new Set(['feature', 'user', 'session', 'env', 'traceName']);

/** The order of a list in which the rows that matter for a measure come first. */
const SORTS: readonly (readonly [measure: RegExp, sort: string])[] = [
  [/cost|savings/i, '-costUsd'],
  [/^durationMs/, '-durationMs'],
  [/^ttftMs/, '-ttftMs'],
  [/^inputTokens|^cache/, '-inputTokens'],
  [/^outputTokens/, '-outputTokens'],
  [/^tokens\./, '-totalTokens'],
  [/^spans\./, '-spanCount'],
];

/** The list of traces or spans with the filter, the time and the group of a value. */
export function drillDown(options: DrillDownOptions): DrillDown {
  const { of, project, filters, fromMs, toMs, measure, by, row } = options;
  const needsTraces = of === 'traces' || (row !== undefined && by.some((name) => OF_TRACE.has(name)));
  const conditions = [
    ...filters.flatMap(conditionsOf),
    ...(row ? by.flatMap((name) => conditionOf(name, row[name])) : []),
    ...(/^(failed|errors|errorRate)\b/.test(measure) ? [failed(needsTraces && of === 'spans')] : []),
  ];
  const unique = conditions.filter(
    (each, index) => conditions.findIndex((other) => printFilter(other) === printFilter(each)) === index,
  );
  const sort = SORTS.find(([pattern]) => pattern.test(measure))?.[1];
  const isKnown = !needsTraces || sort !== '-ttftMs';
  return {
    to: needsTraces ? '/' : '/spans',
    search: {
      project,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      ...(unique.length > 0 && { q: filterOfConditions(unique) }),
      ...(sort !== undefined && isKnown && { sort }),
    },
  };
}

function failed(inTrace: boolean): Expression {
  const condition = equals('status', 'error');
  return inTrace ? { type: 'has', where: condition } : condition;
}

/** The condition that a row belongs to a group. Hours and days of the week cannot be conditions. */
function conditionOf(name: string, value: string | number | null | undefined): Expression[] {
  const dimension = parseDimension(name);
  if (!dimension || value === undefined) return [];
  switch (dimension.type) {
    case 'traceName':
      return value === null ? [] : [{ type: 'root', where: equals('name', String(value)) }];
    case 'label':
      return [labelCondition(dimension.field, value)];
    case 'attribute':
    case 'resource':
      return [labelCondition({ type: dimension.type, key: dimension.key }, value)];
    default:
      return [];
  }
}

function labelCondition(subject: ValueSubject, value: string | number | null): Expression {
  if (value !== null) return equals(subject, String(value));
  const written = typeof subject === 'string' ? ({ type: 'field', field: subject } as const) : subject;
  return not({ type: 'label', subject: written, test: { type: 'exists' } });
}

/** The condition that a number is in a range. */
export function rangeCondition(name: string, low: number, high: number): Expression[] {
  const dimension = parseDimension(name);
  if (dimension?.type !== 'number') return [];
  const subject = { type: 'field', field: dimension.field } as const;
  const compare = (comparison: '>=' | '<', value: number): Expression => ({
    type: 'number',
    subject,
    test: { type: 'compare', comparison, value },
  });
  return [compare('>=', low), ...(Number.isFinite(high) ? [compare('<', high)] : [])];
}
