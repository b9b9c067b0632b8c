import type { SpanKind } from '../model/kind.ts';
import type { StatusCode } from '../model/raw-span.ts';
import { createOffsetReader, type Instant, parseTimestamp } from './timestamp.ts';
import { buildTraceTree, type RootReason, type TreeSpan, walkTree } from './trace-tree.ts';

/** The facts of a span that the layout, the roll-up and the conclusion use, as in the API's span summary. */
export interface LayoutSpan extends TreeSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly durationMs: number | null;
  readonly status: StatusCode;
  readonly statusMessage: string | null;
  readonly errorType: string | null;
  readonly service: string | null;
  readonly model: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly cacheReadTokens: number | null;
  readonly costUsd: number | null;
  readonly counted: boolean;
  readonly ttftMs: number | null;
  readonly toolName: string | null;
}

/**
 * A trace as flat arrays, with parents before their children, so that visiting 100,000 spans on every key press is fast.
 * Index `i` is the same span in all arrays.
 *
 *     a            i 0  depth 0  end 4
 *     ├─ b           1        1      3
 *     │  └─ c        2        2      3
 *     └─ d           3        1      4
 */
export interface TraceLayout<S extends LayoutSpan = LayoutSpan> {
  readonly spans: readonly S[];
  readonly depth: Int32Array;
  /** Index of the parent; -1 for roots. */
  readonly parent: Int32Array;
  /** Index after the last descendant. */
  readonly end: Int32Array;
  /** Start in ms since the trace began. */
  readonly startMs: Float64Array;
  /** NaN while the span is running. */
  readonly durationMs: Float64Array;
  /** Self time: the duration without the time covered by children; 0 while the span is running. */
  readonly selfMs: Float64Array;
  /** Total cost of the counted spans among this span and its descendants; NaN if none has a cost. */
  readonly sumCostUsd: Float64Array;
  /** Total tokens of the same spans; NaN if none has tokens. */
  readonly sumTokens: Float64Array;
  /** Position among the siblings, from 1. */
  readonly position: Int32Array;
  /** Number of siblings, including the span itself. */
  readonly siblings: Int32Array;
  readonly rootReason: readonly (RootReason | null)[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** Time from the first start to the last end, or to the last start of a running span; at least 1 µs. */
  readonly totalMs: number;
  readonly maxDepth: number;
  /** Whether some span has not ended. */
  readonly running: boolean;
  /** When the trace began, ms since the epoch. */
  readonly originMs: number;
  /** The current time in ms since the trace began, if some span is running; otherwise NaN. */
  readonly nowMs: number;
  /** Whether some span has not ended and there has been no news of the trace for a long time. */
  readonly stale: boolean;
}

/** An unfinished trace without news for this long is stale: nobody knows whether it is still running. */
const STALE_MS = 3_600_000;

/** Whether something unfinished is stale. `nowMs` and `lastMs`, the last known instant, are on the same time scale. */
export function isStale(nowMs: number, lastMs: number): boolean {
  return nowMs - lastMs > STALE_MS;
}

export function layoutTrace<S extends LayoutSpan>(spans: readonly S[]): TraceLayout<S> {
  const tree = buildTraceTree(spans);
  const count = tree.bySpanId.size;
  const layout = {
    spans: [] as S[],
    depth: new Int32Array(count),
    parent: new Int32Array(count).fill(-1),
    end: new Int32Array(count),
    startMs: new Float64Array(count),
    durationMs: new Float64Array(count),
    selfMs: new Float64Array(count),
    sumCostUsd: new Float64Array(count).fill(Number.NaN),
    sumTokens: new Float64Array(count).fill(Number.NaN),
    position: new Int32Array(count),
    siblings: new Int32Array(count),
    rootReason: [] as (RootReason | null)[],
    indexOf: new Map<string, number>(),
  };
  const origin = firstStart(spans);
  const offsetOf = createOffsetReader(origin);
  const seenChildren = new Int32Array(count);
  let [seenRoots, totalMs, maxDepth, running] = [0, 0.001, 0, false];
  for (const node of walkTree(tree)) {
    const i = layout.spans.length;
    const { span } = node;
    layout.spans.push(span);
    layout.indexOf.set(span.spanId, i);
    layout.rootReason.push(node.rootReason);
    layout.depth[i] = node.depth;
    const up = node.parent ? (layout.indexOf.get(node.parent.span.spanId) as number) : -1;
    layout.parent[i] = up;
    layout.position[i] = up < 0 ? ++seenRoots : countChild(seenChildren, up);
    layout.siblings[i] = (node.parent?.children ?? tree.roots).length;
    const startMs = offsetOf(span.startTime) ?? 0;
    layout.startMs[i] = startMs;
    layout.durationMs[i] = span.durationMs ?? Number.NaN;
    running ||= span.durationMs === null;
    maxDepth = Math.max(maxDepth, node.depth);
    totalMs = Math.max(totalMs, startMs + (span.durationMs ?? 0));
  }
  closeSubtrees(layout);
  measureSelf(layout);
  sumUp(layout);
  const still = { originMs: origin.epochMs, nowMs: Number.NaN, stale: false };
  return { ...layout, totalMs, maxDepth, running, ...still };
}

/** The layout at an instant, in ms since the epoch. A running trace lasts until that instant, unless it is stale. */
export function layoutAt<S extends LayoutSpan>(layout: TraceLayout<S>, epochMs: number): TraceLayout<S> {
  if (!layout.running) return layout;
  const nowMs = Math.max(0, epochMs - layout.originMs);
  const stale = isStale(nowMs, layout.totalMs);
  return { ...layout, nowMs, stale, totalMs: stale ? layout.totalMs : Math.max(layout.totalMs, nowMs) };
}

function firstStart(spans: readonly LayoutSpan[]): Instant {
  let first = '';
  for (const { startTime } of spans) if (first === '' || startTime < first) first = startTime;
  return parseTimestamp(first) ?? { epochMs: 0, nanos: 0 };
}

function countChild(seen: Int32Array, parent: number): number {
  const count = (seen[parent] as number) + 1;
  seen[parent] = count;
  return count;
}

/** Sets `end`. Visits the spans from the last to the first, so that descendants come before their ancestors. */
function closeSubtrees(layout: { end: Int32Array; parent: Int32Array }) {
  const { end, parent } = layout;
  for (let i = end.length - 1; i >= 0; i--) {
    end[i] = Math.max(end[i] as number, i + 1);
    const up = parent[i] as number;
    if (up >= 0) end[up] = Math.max(end[up] as number, end[i] as number);
  }
}

/** Computes self times. Children are sorted by start time, so the time they cover is found in one pass. */
function measureSelf(layout: {
  parent: Int32Array;
  startMs: Float64Array;
  durationMs: Float64Array;
  selfMs: Float64Array;
}) {
  const { parent, startMs, durationMs, selfMs } = layout;
  const coveredTo = new Float64Array(parent.length).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < parent.length; i++) selfMs[i] = durationMs[i] || 0;
  for (let i = 0; i < parent.length; i++) {
    const up = parent[i] as number;
    if (up < 0) continue;
    const upStart = startMs[up] as number;
    const upEnd = upStart + (durationMs[up] || 0);
    const from = Math.max(startMs[i] as number, upStart, coveredTo[up] as number);
    const to = Math.min((startMs[i] as number) + (durationMs[i] || 0), upEnd);
    if (to <= from) continue;
    selfMs[up] = Math.max(0, (selfMs[up] as number) - (to - from));
    coveredTo[up] = to;
  }
}

/** Sums cost and tokens. Visits the spans from the last to the first, so that a sum is complete before it is passed up. */
function sumUp(layout: {
  spans: readonly LayoutSpan[];
  parent: Int32Array;
  sumCostUsd: Float64Array;
  sumTokens: Float64Array;
}) {
  const { spans, parent, sumCostUsd, sumTokens } = layout;
  for (let i = spans.length - 1; i >= 0; i--) {
    const { counted, costUsd, inputTokens, outputTokens } = spans[i] as LayoutSpan;
    if (counted) {
      add(sumCostUsd, i, costUsd ?? Number.NaN);
      add(sumTokens, i, tokensOf(inputTokens, outputTokens));
    }
    const up = parent[i] as number;
    if (up < 0) continue;
    add(sumCostUsd, up, sumCostUsd[i] as number);
    add(sumTokens, up, sumTokens[i] as number);
  }
}

/** NaN if both counts are absent. */
function tokensOf(input: number | null, output: number | null): number {
  return input === null && output === null ? Number.NaN : (input ?? 0) + (output ?? 0);
}

function add(sums: Float64Array, i: number, value: number) {
  if (!Number.isNaN(value)) sums[i] = (sums[i] || 0) + value;
}
