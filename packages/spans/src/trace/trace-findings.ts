import type { StatusCode } from '../model/raw-span.ts';
import { selfTimes } from './self-times.ts';
import { type TraceNode, type TraceTree, type TreeSpan, walkTree } from './trace-tree.ts';

/** The fields of a span that the findings need. */
export interface FindingsSpan extends TreeSpan {
  readonly durationMs: number | null;
  readonly status: StatusCode;
  readonly costUsd: number | null;
  readonly counted: boolean;
}

/** The spans of a trace to look at first. */
export interface TraceFindings<S extends FindingsSpan> {
  /** The span with the most self time, and its share of the trace from 0 to 1. Absent if no span stands out. */
  readonly slowest?: { readonly span: S; readonly selfMs: number; readonly share: number };
  /** Absent if no call has a price. */
  readonly mostExpensive?: S;
  /** Failed spans without failed descendants, in display order: where errors started rather than where they were passed on. */
  readonly errors: readonly S[];
}

/** If the slowest span has less than this share of the trace, it is not worth naming. */
const WORTH_NAMING = 0.03;

/** Finds the slowest and the most expensive span of a trace, and the origins of its errors. */
export function findingsOf<S extends FindingsSpan>(
  tree: TraceTree<S>,
  traceMs: number | null,
): TraceFindings<S> {
  const times = selfTimes(tree);
  const passedOn = failedAncestors(tree);
  let slowest: TraceNode<S> | undefined;
  let mostExpensive: S | undefined;
  const errors: S[] = [];
  for (const node of walkTree(tree)) {
    const { span } = node;
    if (slowest === undefined || (times.get(node) ?? 0) > (times.get(slowest) ?? 0)) slowest = node;
    if (span.status === 'error' && !passedOn.has(node)) errors.push(span);
    if (span.counted && (span.costUsd ?? 0) > (mostExpensive?.costUsd ?? 0)) mostExpensive = span;
  }
  const selfMs = (slowest && times.get(slowest)) ?? 0;
  const share = traceMs === null || traceMs <= 0 ? 0 : selfMs / traceMs;
  return {
    // In a trace of one span there is nothing to compare.
    ...(slowest &&
      times.size > 1 &&
      share > WORTH_NAMING && { slowest: { span: slowest.span, selfMs, share } }),
    ...(mostExpensive && { mostExpensive }),
    errors,
  };
}

/** All ancestors of failed spans. */
function failedAncestors<S extends FindingsSpan>(tree: TraceTree<S>): ReadonlySet<TraceNode<S>> {
  const ancestors = new Set<TraceNode<S>>();
  for (const node of walkTree(tree)) {
    if (node.span.status !== 'error') continue;
    for (let up = node.parent; up !== null && !ancestors.has(up); up = up.parent) ancestors.add(up);
  }
  return ancestors;
}
