import { millisecondsFrom } from './start-offset.ts';
import { type TraceNode, type TraceTree, type TreeSpan, walkTree } from './trace-tree.ts';

/**
 * The self time of every span in milliseconds: its duration without the time that its children cover. Overlapping children
 * count once. A span that is running has 0.
 */
export function selfTimes<S extends TreeSpan>(tree: TraceTree<S>): ReadonlyMap<TraceNode<S>, number> {
  const origin = tree.roots[0]?.span.startTime ?? '';
  const times = new Map<TraceNode<S>, number>();
  for (const node of walkTree(tree)) {
    const start = millisecondsFrom(origin, node.span.startTime);
    const end = start + (node.span.durationMs ?? 0);
    let covered = 0;
    // Children are sorted by start.
    let coveredTo = start;
    for (const { span } of node.children) {
      const from = Math.max(millisecondsFrom(origin, span.startTime), coveredTo);
      const to = Math.min(millisecondsFrom(origin, span.startTime) + (span.durationMs ?? 0), end);
      if (to <= from) continue;
      covered += to - from;
      coveredTo = to;
    }
    times.set(node, Math.max(0, end - start - covered));
  }
  return times;
}
