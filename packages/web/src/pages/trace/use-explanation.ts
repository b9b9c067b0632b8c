import {
  type Conclusion,
  type CriticalPath,
  callsByCost,
  concludeTrace,
  errorOrigins,
  findCriticalPath,
} from '@throughline/spans';
import { useEffect, useMemo, useState } from 'react';
import type { TraceLayout } from '../../waterfall/layout.ts';
import { type PathMarks, pathMarks } from '../../waterfall/path-marks.ts';

/** Data that is derived from a whole trace to explain it. */
export interface Explanation {
  readonly path: CriticalPath;
  readonly conclusion: Conclusion;
  readonly marks: PathMarks;
  /** Indexes of the spans where errors started, by start time. */
  readonly errors: readonly number[];
  /** Indexes of the priced calls, the most expensive first. */
  readonly byCost: readonly number[];
}

/** Larger traces are shown first and explained right after. */
const EXPLAINED_AT_ONCE = 5_000;

/**
 * Explains a trace. `still` is the trace as it was read, `now` the same trace at the current time, in which running spans
 * grow. Undefined while a large trace waits for its first picture.
 */
export function useExplanation(still: TraceLayout, now: TraceLayout): Explanation | undefined {
  const isSmall = still.spans.length <= EXPLAINED_AT_ONCE;
  // The time of a running trace changes each second; explaining a large one that often would be too slow.
  const layout = isSmall ? now : still;
  const atOnce = useMemo(() => (isSmall ? explain(layout) : undefined), [isSmall, layout]);
  const [later, setLater] = useState<{ readonly of: TraceLayout; readonly explanation: Explanation }>();
  useEffect(() => {
    if (isSmall) return;
    const timer = setTimeout(() => setLater({ of: still, explanation: explain(still) }), 50);
    return () => clearTimeout(timer);
  }, [isSmall, still]);
  return atOnce ?? (later?.of === still ? later.explanation : undefined);
}

function explain(layout: TraceLayout): Explanation {
  const path = findCriticalPath(layout);
  return {
    path,
    conclusion: concludeTrace(layout, path),
    marks: pathMarks(layout, path),
    errors: errorOrigins(layout),
    byCost: callsByCost(layout),
  };
}
