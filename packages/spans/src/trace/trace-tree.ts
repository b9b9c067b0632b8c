/**
 * Spans of one trace as a tree, whatever arrived: without a root, with several, with parents that never came,
 * with cycles, in any order. Every span stands in the tree exactly once, and the same set of spans gives the same
 * tree in whichever order it is given.
 */

export interface TreeSpan {
  readonly spanId: string;
  readonly parentSpanId: string | null;
  /** Comparable as text: ISO 8601 of one width. */
  readonly startTime: string;
  /** Orders spans of the same start; null or absent while the span is running. */
  readonly durationMs?: number | null;
}

/** Why a span stands at the top: it has no parent, its parent is not in the trace, or it was part of a cycle. */
export type RootReason = 'root' | 'orphan' | 'cycle';

export interface TraceNode<S extends TreeSpan> {
  readonly span: S;
  readonly parent: TraceNode<S> | null;
  /** 0 at the top. */
  readonly depth: number;
  /** By start time, then the shorter first, then span id. */
  readonly children: readonly TraceNode<S>[];
  /** Set at the top only. */
  readonly rootReason: RootReason | null;
}

export interface TraceTree<S extends TreeSpan> {
  /** By start time, true roots before orphans that began at the same time. */
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

/** Of two spans with one id the later in `spans` is kept. Linear but for one sort; no recursion, so depth is free. */
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
 * Spans that no root reaches hang on a cycle. Each cycle is opened at its earliest span, which becomes a root.
 * Sets the depth of every node on the way.
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

/** Follows parents from a node that hangs on a cycle until the cycle closes, and finds its earliest span. */
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
 * JavaScript's SDK gives starts in whole milliseconds, so that short steps that follow each other share one. The
 * longer of two was most likely the later: it is still running when the shorter one has ended.
 */
function compareDurations(a: number | null | undefined, b: number | null | undefined): number {
  const [left, right] = [a ?? Number.MAX_VALUE, b ?? Number.MAX_VALUE];
  return left < right ? -1 : left > right ? 1 : 0;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Every node, parents before their children, as a page lists them. */
export function* walkTree<S extends TreeSpan>(tree: TraceTree<S>): Generator<TraceNode<S>> {
  const pending = [...tree.roots].reverse();
  for (let node = pending.pop(); node; node = pending.pop()) {
    yield node;
    for (let i = node.children.length - 1; i >= 0; i--) pending.push(node.children[i] as TraceNode<S>);
  }
}
