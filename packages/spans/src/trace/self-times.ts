import { createOffsetReader, parseTimestamp } from './timestamp.ts';
import { type TraceNode, type TraceTree, type TreeSpan, walkTree } from './trace-tree.ts';

/**
 * The self time of every span in milliseconds: its duration without the time that its children cover. Overlapping children
 * count once. A span that is running has 0. The same numbers as `selfMs` of `layoutTrace`, for trees of any span.
 */
export function selfTimes<S extends TreeSpan>(tree: TraceTree<S>): ReadonlyMap<TraceNode<S>, number> {
  const origin = parseTimestamp(tree.roots[0]?.span.startTime ?? '');
  const startOf = createOffsetReader(origin ?? { epochMs: 0, nanos: 0 });
  const times = new Map<TraceNode<S>, number>();
  for (const node of walkTree(tree)) {
    const start = startOf(node.span.startTime) ?? 0;
    const end = start + (node.span.durationMs ?? 0);
    let covered = 0;
    // Children are sorted by start.
    let coveredTo = start;
    for (const { span } of node.children) {
      const childStart = startOf(span.startTime) ?? 0;
      const from = Math.max(childStart, coveredTo);
      const to = Math.min(childStart + (span.durationMs ?? 0), end);
      if (to <= from) continue;
      covered += to - from;
      coveredTo = to;
    }
    times.set(node, Math.max(0, end - start - covered));
  }
  return times;
}
