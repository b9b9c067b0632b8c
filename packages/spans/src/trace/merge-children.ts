import type { Alignment } from './alignment.ts';
import type { TraceNode, TreeSpan } from './trace-tree.ts';

/** A step of one or both traces. */
export interface MergedStep<Node> {
  readonly a: Node | null;
  readonly b: Node | null;
}

/**
 * The steps shown below a step of one or both traces: the children that it has in `b`, in their order, and the children that
 * only exist in `a`, each after the step that it follows in `a`.
 */
export function mergeChildren<S extends TreeSpan>(
  childrenOfA: readonly TraceNode<S>[],
  childrenOfB: readonly TraceNode<S>[],
  alignment: Alignment<TraceNode<S>>,
): MergedStep<TraceNode<S>>[] {
  const here = new Set(childrenOfB);
  /** The steps that only `a` has, by the partner of the step before them. */
  const removedAfter = new Map<TraceNode<S> | undefined, TraceNode<S>[]>();
  let previous: TraceNode<S> | undefined;
  for (const child of childrenOfA) {
    const partner = alignment.ofA(child);
    if (partner !== undefined) {
      if (here.has(partner)) previous = partner;
      continue;
    }
    const removed = removedAfter.get(previous);
    if (removed) removed.push(child);
    else removedAfter.set(previous, [child]);
  }
  const onlyInA = (after: TraceNode<S> | undefined) =>
    (removedAfter.get(after) ?? []).map((a) => ({ a, b: null }));
  return [
    ...onlyInA(undefined),
    ...childrenOfB.flatMap((b) => [{ a: alignment.ofB(b) ?? null, b }, ...onlyInA(b)]),
  ];
}
