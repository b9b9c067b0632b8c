import type { SpanKind } from '../model/kind.ts';
import type { CriticalPath } from './critical-path.ts';
import { nameWithoutNumber, stepsOf } from './steps.ts';
import type { LayoutSpan, TraceLayout } from './trace-layout.ts';

/** Ways to group spans. A step is a combination of name, kind and model. */
export const ROLL_UPS = ['step', 'kind', 'model', 'tool'] as const;
/** A way to group spans. */
export type RollUpBy = (typeof ROLL_UPS)[number];

/** The figures of all spans of one group. */
export interface RollUpRow {
  /** Identifies the group within its trace. */
  readonly key: string;
  readonly label: string;
  /** Undefined if the group has spans of several kinds. */
  readonly kind: SpanKind | undefined;
  readonly count: number;
  /** Sum of the durations of the ended spans. Spans that run at the same time are added. */
  readonly totalMs: number;
  /** Sum of the durations without the time covered by children. */
  readonly selfMs: number;
  /** Time on the critical path. Over all groups, it adds up to the duration of the trace without unrecorded time. */
  readonly criticalMs: number;
  /** Null if no span has ended. */
  readonly p50Ms: number | null;
  readonly maxMs: number | null;
  /** Cost and tokens of the counted calls; null if there are none. */
  readonly costUsd: number | null;
  /** Whether a call has tokens but no known price, so that the cost is a lower bound. */
  readonly costIncomplete: boolean;
  /** Number of these calls, and their models. */
  readonly unpricedCalls: number;
  readonly unpricedModels: readonly string[];
  readonly tokens: number | null;
  readonly errors: number;
  readonly running: number;
}

/** The spans of a trace in groups. */
export interface RollUp {
  /** Rows, sorted by time on the critical path and then by self time, the longest first. */
  readonly rows: readonly RollUpRow[];
  /** Index of the row of each span; -1 if it has no row. */
  readonly rowOf: Int32Array;
}

/** Groups the spans of a trace and adds up their figures. */
export function rollUp(layout: TraceLayout, path: CriticalPath, by: RollUpBy): RollUp {
  const { groups, groupOf } = GROUPINGS[by](layout);
  const members: number[][] = groups.map(() => []);
  groupOf.forEach((group, i) => {
    if (group >= 0) members[group]?.push(i);
  });
  const rows = groups.map(({ key, label }, g) => rowOfMembers(layout, path, key, label, members[g] ?? []));
  const order = rows
    .map((_, g) => g)
    .sort((a, b) => {
      const [left, right] = [rows[a] as RollUpRow, rows[b] as RollUpRow];
      return right.criticalMs - left.criticalMs || right.selfMs - left.selfMs || a - b;
    });
  const placeOf = new Int32Array(groups.length);
  order.forEach((group, place) => {
    placeOf[group] = place;
  });
  return {
    rows: order.map((group) => rows[group] as RollUpRow),
    rowOf: groupOf.map((group) => (group < 0 ? -1 : (placeOf[group] as number))),
  };
}

interface Grouping {
  readonly groups: readonly { readonly key: string; readonly label: string }[];
  /** -1 for spans that are left out. */
  readonly groupOf: Int32Array;
}

const CALL_KINDS: ReadonlySet<SpanKind> = new Set(['llm', 'embedding', 'reranker']);

const GROUPINGS: Readonly<Record<RollUpBy, (layout: TraceLayout) => Grouping>> = {
  step: (layout) => {
    const { steps, stepOf } = stepsOf(layout);
    return { groups: steps, groupOf: stepOf };
  },
  kind: (layout) => groupBy(layout, ({ kind }) => kind),
  model: (layout) =>
    groupBy(layout, ({ kind, model }) => (CALL_KINDS.has(kind) ? (model ?? '(no model)') : undefined)),
  tool: (layout) =>
    groupBy(layout, ({ kind, toolName, name }) =>
      kind === 'tool' ? (toolName ?? nameWithoutNumber(name, null)) || '(no name)' : undefined,
    ),
};

function groupBy(layout: TraceLayout, labelOf: (span: LayoutSpan) => string | undefined): Grouping {
  const groups: { key: string; label: string }[] = [];
  const byLabel = new Map<string, number>();
  const groupOf = new Int32Array(layout.spans.length);
  layout.spans.forEach((span, i) => {
    const label = labelOf(span);
    if (label === undefined) {
      groupOf[i] = -1;
      return;
    }
    const group = byLabel.get(label) ?? groups.push({ key: label, label }) - 1;
    byLabel.set(label, group);
    groupOf[i] = group;
  });
  return { groups, groupOf };
}

function rowOfMembers(
  { spans, durationMs, selfMs }: TraceLayout,
  { criticalMs }: CriticalPath,
  key: string,
  label: string,
  members: readonly number[],
): RollUpRow {
  let kind = spans[members[0] ?? -1]?.kind;
  const sums = { totalMs: 0, selfMs: 0, criticalMs: 0, errors: 0, running: 0 };
  let [costUsd, tokens]: [number | null, number | null] = [null, null];
  let unpricedCalls = 0;
  const unpricedModels = new Set<string>();
  const durations = new Float64Array(members.length);
  let ended = 0;
  for (const i of members) {
    const span = spans[i] as LayoutSpan;
    if (span.kind !== kind) kind = undefined;
    const duration = durationMs[i] as number;
    if (Number.isNaN(duration)) sums.running++;
    else {
      durations[ended++] = duration;
      sums.totalMs += duration;
    }
    sums.selfMs += selfMs[i] as number;
    sums.criticalMs += criticalMs[i] as number;
    if (span.status === 'error') sums.errors++;
    if (!span.counted) continue;
    const hasTokens = span.inputTokens !== null || span.outputTokens !== null;
    if (hasTokens) tokens = (tokens ?? 0) + (span.inputTokens ?? 0) + (span.outputTokens ?? 0);
    if (span.costUsd !== null) costUsd = (costUsd ?? 0) + span.costUsd;
    else if ((span.inputTokens ?? 0) > 0 || (span.outputTokens ?? 0) > 0) {
      unpricedCalls++;
      if (span.model) unpricedModels.add(span.model);
    }
  }
  const sorted = durations.subarray(0, ended).sort();
  return {
    key,
    label,
    kind,
    count: members.length,
    ...sums,
    p50Ms: ended === 0 ? null : (sorted[(ended - 1) >> 1] as number),
    maxMs: ended === 0 ? null : (sorted[ended - 1] as number),
    costUsd,
    costIncomplete: unpricedCalls > 0,
    unpricedCalls,
    unpricedModels: [...unpricedModels].sort(),
    tokens,
  };
}
