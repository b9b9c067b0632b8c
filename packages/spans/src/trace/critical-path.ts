import { type AlignedClocks, alignClocks } from './aligned-clocks.ts';
import type { TraceLayout } from './trace-layout.ts';

/** A stretch of time and the span that the trace was waiting for. `index` is -1 if nothing was recorded. */
export interface PathSegment {
  readonly index: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The critical path: for each moment of the trace, the one span that it was waiting for. Shortening anything else does
 * not make the trace faster. The times of all spans and `unrecordedMs` add up to the duration of the trace.
 */
export interface CriticalPath {
  /** Time of each span on the path, without the time of its children on the path. */
  readonly criticalMs: Float64Array;
  /** Time in which no span was open. */
  readonly unrecordedMs: number;
  /** Length of the path. Differs from the duration of the trace only if clocks had to be aligned. */
  readonly totalMs: number;
  /** Segments in order of time, without gaps. */
  readonly segments: readonly PathSegment[];
  readonly clocks: AlignedClocks;
  /** End of each span or, if they end later, of its descendants, in ms since the trace began. */
  readonly lastEndMs: Float64Array;
}

/**
 * Finds the path from its end: a span waits for the child that ends last, and before that child started, for the one that
 * ended last before it. If no child runs, the span itself is what the trace waits for.
 *
 *     root   0────────────────────100     root 0–10 and 90–100
 *     ├─ a     10──────60                 a 10–40
 *     ├─ b     10───30                    not on the path: a was slower
 *     └─ c           40───────90          c 40–90
 */
export function findCriticalPath(layout: TraceLayout): CriticalPath {
  const { spans, end } = layout;
  const clocks = alignClocks(layout);
  const start = clocks.startMs;
  const ownEnd = endsOf(layout, start);
  const lastEnd = lastEndsOf(layout, ownEnd);
  const criticalMs = new Float64Array(spans.length);
  const segments: PathSegment[] = [];
  let unrecordedMs = 0;

  /** Gives a stretch without running children to the span, or to nobody if the span is not open. */
  const give = (index: number, fromMs: number, toMs: number) => {
    const opensMs = index < 0 ? toMs : Math.min(Math.max(start[index] as number, fromMs), toMs);
    const closesMs = index < 0 ? toMs : Math.max(Math.min(ownEnd[index] as number, toMs), opensMs);
    add(-1, closesMs, toMs);
    add(index, opensMs, closesMs);
    add(-1, fromMs, opensMs);
  };
  const add = (index: number, fromMs: number, toMs: number) => {
    if (toMs <= fromMs) return;
    segments.push({ index, fromMs, toMs });
    if (index < 0) unrecordedMs += toMs - fromMs;
    else criticalMs[index] = (criticalMs[index] as number) + toMs - fromMs;
  };

  const whole = wholeTrace(layout, clocks, lastEnd);
  const pending = [{ index: -1, ...whole }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { index, fromMs, toMs } = next;
    const first = index + 1;
    const afterLast = index < 0 ? spans.length : (end[index] as number);
    const children: number[] = [];
    for (let child = first; child < afterLast; child = end[child] as number) children.push(child);
    children.sort((a, b) => (lastEnd[b] as number) - (lastEnd[a] as number) || b - a);
    let cursor = toMs;
    for (const child of children) {
      if (cursor <= fromMs) break;
      const childFrom = Math.max(start[child] as number, fromMs);
      const childTo = Math.min(lastEnd[child] as number, cursor);
      if (childTo <= childFrom) continue;
      give(index, childTo, cursor);
      pending.push({ index: child, fromMs: childFrom, toMs: childTo });
      cursor = childFrom;
    }
    give(index, fromMs, cursor);
  }
  segments.sort((a, b) => a.fromMs - b.fromMs);
  const totalMs = whole.toMs - whole.fromMs;
  return { criticalMs, unrecordedMs, totalMs, segments, clocks, lastEndMs: lastEnd };
}

/** The time from the first start to the last end, in ms since the trace began, after clocks were aligned. */
function wholeTrace(layout: TraceLayout, { startMs, difference }: AlignedClocks, lastEndMs: Float64Array) {
  if (difference === undefined) return { fromMs: 0, toMs: layout.totalMs };
  const fromMs = startMs.reduce((first, ms) => Math.min(first, ms), Number.POSITIVE_INFINITY);
  return { fromMs, toMs: lastEndMs.reduce((last, ms) => Math.max(last, ms), fromMs) };
}

/**
 * End of each span. A running span lasts until the end of the trace, unless an ancestor has ended: then its end was lost,
 * and nothing is known but its start.
 */
function endsOf({ spans, parent, durationMs, totalMs }: TraceLayout, startMs: Float64Array): Float64Array {
  const ends = new Float64Array(spans.length);
  const open = new Uint8Array(spans.length);
  for (let i = 0; i < spans.length; i++) {
    const up = parent[i] as number;
    const duration = durationMs[i] as number;
    if (Number.isNaN(duration) && (up < 0 || open[up])) open[i] = 1;
    ends[i] = open[i] ? totalMs : (startMs[i] as number) + (duration || 0);
  }
  return ends;
}

/** Visits the spans from the last to the first, so that descendants come before their ancestors. */
function lastEndsOf({ parent }: TraceLayout, ends: Float64Array): Float64Array {
  const last = Float64Array.from(ends);
  for (let i = last.length - 1; i >= 0; i--) {
    const up = parent[i] as number;
    if (up >= 0) last[up] = Math.max(last[up] as number, last[i] as number);
  }
  return last;
}
