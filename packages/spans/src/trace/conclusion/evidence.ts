import { type CriticalPath, findCriticalPath } from '../critical-path.ts';
import { type Step, stepsOf } from '../steps.ts';
import type { TraceLayout } from '../trace-layout.ts';

/** The data from which all sentences are derived. It is computed once. */
export interface TraceEvidence {
  readonly layout: TraceLayout;
  readonly path: CriticalPath;
  readonly steps: readonly Step[];
  /** Index into `steps` for each span. */
  readonly stepOf: Int32Array;
  /** Indexes of the spans of each step, by start time. */
  readonly members: readonly (readonly number[])[];
}

export function evidenceOf(
  layout: TraceLayout,
  path: CriticalPath = findCriticalPath(layout),
): TraceEvidence {
  const { steps, stepOf } = stepsOf(layout);
  const members: number[][] = steps.map(() => []);
  stepOf.forEach((step, i) => {
    members[step]?.push(i);
  });
  const { startMs } = layout;
  for (const list of members) list.sort((a, b) => (startMs[a] as number) - (startMs[b] as number) || a - b);
  return { layout, path, steps, stepOf, members };
}

/** Indexes of the children of a span, by start time; of the roots if `index` is -1. */
export function childrenOf({ spans, end }: TraceLayout, index: number): readonly number[] {
  const children: number[] = [];
  const afterLast = index < 0 ? spans.length : (end[index] as number);
  for (let child = index + 1; child < afterLast; child = end[child] as number) children.push(child);
  return children;
}

export function hasChildren({ end }: TraceLayout, index: number): boolean {
  return (end[index] as number) > index + 1;
}
