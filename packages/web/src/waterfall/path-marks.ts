import { type CriticalPath, findConcurrency } from '@throughline/spans';
import type { TraceLayout } from './layout.ts';

/** Marks of the waterfall in addition to the bars, by index of the span. */
export interface PathMarks {
  /** Stretches in which the trace waited for the span: from, to, from, to … in ms since the trace began. */
  readonly critical: ReadonlyMap<number, readonly number[]>;
  /** Branches that were done while the trace waited for a slower one beside them: until when. */
  readonly waitsUntilMs: ReadonlyMap<number, number>;
  /** Branches that ran after similar ones and could have run beside them: when the first of these started. */
  readonly couldStartMs: ReadonlyMap<number, number>;
}

export function pathMarks(layout: TraceLayout, path: CriticalPath): PathMarks {
  const critical = new Map<number, number[]>();
  // The path uses aligned clocks, but the bars use the times of the spans.
  const shiftOf = (i: number) => (path.clocks.startMs[i] as number) - (layout.startMs[i] as number);
  for (const { index, fromMs, toMs } of path.segments) {
    if (index < 0) continue;
    const shift = shiftOf(index);
    const stretches = critical.get(index);
    if (stretches) stretches.push(fromMs - shift, toMs - shift);
    else critical.set(index, [fromMs - shift, toMs - shift]);
  }
  const waitsUntilMs = new Map<number, number>();
  const couldStartMs = new Map<number, number>();
  for (const found of findConcurrency(layout, path)) {
    if (found.kind === 'one-after-another') {
      const [first, ...later] = found.branches;
      const fromMs = path.clocks.startMs[first ?? 0] as number;
      for (const branch of later) couldStartMs.set(branch, fromMs - shiftOf(branch));
      continue;
    }
    const untilMs = path.lastEndMs[found.slowest] as number;
    for (const other of found.others) waitsUntilMs.set(other, untilMs - shiftOf(other));
  }
  return { critical, waitsUntilMs, couldStartMs };
}
