/**
 * Builds a tree from the spans of one trace. It accepts any spans: without a root, with several roots, with missing
 * parents, with cycles, and in any order. The tree contains every span exactly once and does not depend on the order.
 */

/** The fields of a span that the tree needs. */
export interface TreeSpan {
  readonly spanId: string;
  readonly parentSpanId: string | null;
  /** ISO 8601 with a fixed width, so that times can be compared as text. */
  readonly startTime: string;
  /** Used to order spans with the same start. Null or undefined while the span is running. */
  readonly durationMs?: number | null;
}

/** Why a span is at the top: it has no parent, its parent is not in the trace, or it was part of a cycle. */
export type RootReason = 'root' | 'orphan' | 'cycle';

/** A span in the tree of its trace. */
export interface TraceNode<S extends TreeSpan> {
  readonly span: S;
  readonly parent: TraceNode<S> | null;
  /** 0 at the top. */
  readonly depth: number;
  /** Ordered by start time, then duration (shorter first), then span id. */
  readonly children: readonly TraceNode<S>[];
  /** Set only for spans at the top. */
  readonly rootReason: RootReason | null;
}

/** The spans of a trace as a tree, or as several trees if it has several roots. */
export interface TraceTree<S extends TreeSpan> {
  /** Ordered by start time. Real roots come before orphans with the same start. */
  readonly roots: readonly TraceNode<S>[];
  readonly bySpanId: ReadonlyMap<string, TraceNode<S>>;
}

interface MutableNode<S extends TreeSpan> {
  span: S;
  parent: MutableNode<S> | null;
  depth: number;
  children: MutableNode<S>[];
  rootReason: RootReason | null;
}

/**
 * Builds the tree. If two spans have the same id, the later one in `spans` is kept. Takes linear time except for one sort,
 * and uses no recursion, so that the depth is not limited.
 */
export function buildTraceTree<S extends TreeSpan>(spans: Iterable<S>): TraceTree<S> {
  const bySpanId = new Map<string, MutableNode<S>>();
  for (const span of spans) {
    bySpanId.set(span.spanId, { span, parent: null, depth: 0, children: [], rootReason: null });
  }
  const ordered = [...bySpanId.values()].sort(byStart);
  const roots: MutableNode<S>[] = [];
  for (const node of ordered) {
    const parentId = node.span.parentSpanId;
    const parent = parentId ? bySpanId.get(parentId) : undefined;
    if (parent) {
      node.parent = parent;
      parent.children.push(node);
    } else {
      node.rootReason = parentId ? 'orphan' : 'root';
      roots.push(node);
    }
  }
  roots.push(...openCycles(ordered, roots));
  roots.sort(byStart);
  return { roots, bySpanId };
}

/**
 * Opens cycles: spans that are not reachable from a root belong to a cycle or descend from one. The earliest span of each
 * cycle becomes a root. Also sets the depth of all nodes.
 */
function openCycles<S extends TreeSpan>(
  ordered: MutableNode<S>[],
  roots: MutableNode<S>[],
): MutableNode<S>[] {
  const reached = new Set<MutableNode<S>>();
  const walk = (root: MutableNode<S>) => {
    const pending = [root];
    for (let node = pending.pop(); node; node = pending.pop()) {
      reached.add(node);
      for (const child of node.children) {
        if (reached.has(child)) continue;
        child.depth = node.depth + 1;
        pending.push(child);
      }
    }
  };
  roots.forEach(walk);
  const opened: MutableNode<S>[] = [];
  for (const node of ordered) {
    if (reached.has(node)) continue;
    const start = earliestOnCycle(node);
    if (start.parent) start.parent.children = start.parent.children.filter((child) => child !== start);
    start.parent = null;
    start.rootReason = 'cycle';
    opened.push(start);
    walk(start);
  }
  return opened;
}

/** Follows the parents of a node until a cycle closes, and returns the earliest span of the cycle. */
function earliestOnCycle<S extends TreeSpan>(from: MutableNode<S>): MutableNode<S> {
  const seen = new Set<MutableNode<S>>();
  let onCycle = from;
  while (!seen.has(onCycle)) {
    seen.add(onCycle);
    onCycle = onCycle.parent ?? onCycle;
  }
  let earliest = onCycle;
  for (let node = onCycle.parent; node && node !== onCycle; node = node.parent) {
    if (byStart(node, earliest) < 0) earliest = node;
  }
  return earliest;
}

function byStart<S extends TreeSpan>(a: MutableNode<S>, b: MutableNode<S>): number {
  return (
    compare(a.span.startTime, b.span.startTime) ||
    Number(a.rootReason !== 'root') - Number(b.rootReason !== 'root') ||
    compareDurations(a.span.durationMs, b.span.durationMs) ||
    compare(a.span.spanId, b.span.spanId)
  );
}

/**
 * OpenTelemetry's JavaScript SDK records start times in milliseconds, so that short consecutive steps can have the same
 * start. The longer of two such steps was most likely the later one.
 */
function compareDurations(a: number | null | undefined, b: number | null | undefined): number {
  const [left, right] = [a ?? Number.MAX_VALUE, b ?? Number.MAX_VALUE];
  return left < right ? -1 : left > right ? 1 : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Yields all nodes, parents before their children, in display order. */
export function* walkTree<S extends TreeSpan>(tree: TraceTree<S>): Generator<TraceNode<S>> {
  const pending = [...tree.roots].reverse();
  for (let node = pending.pop(); node; node = pending.pop()) {
    yield node;
    for (let i = node.children.length - 1; i >= 0; i--) pending.push(node.children[i] as TraceNode<S>);
  }
}
