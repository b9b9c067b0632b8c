import type { TraceLayout as LayoutOf } from '@throughline/spans';
import type { SpanSummary } from '../api/types.ts';

/** The layout of a trace with the spans of the API. */
export type TraceLayout = LayoutOf<SpanSummary>;

export function isLeaf(layout: TraceLayout, i: number): boolean {
  return layout.end[i] === i + 1;
}
