import type { DiffableSpan } from './diffable-span.ts';
import { type TraceNode, type TraceTree, walkTree } from './trace-tree.ts';

/** What identifies a step when two traces are compared, from strict to tolerant. Equal numbers mean equal keys. */
export interface StepKeys {
  /** Kind, name and input of the step and of all steps below it, in any order. */
  readonly subtree: number;
  /** Kind, name and input. Undefined if the input is unknown. */
  readonly input: number | undefined;
  /** Kind and name. */
  readonly name: number;
  /** Kind and input, for steps that were renamed. Undefined if the input is unknown. */
  readonly content: number | undefined;
  /**
   * Kind. Names of model calls often contain the model. Undefined for generic spans, which are only identified by their
   * name.
   */
  readonly kind: number | undefined;
}

/** Reads the keys of all steps of two traces. */
export function readStepKeys<S extends DiffableSpan>(
  ...trees: readonly TraceTree<S>[]
): ReadonlyMap<TraceNode<S>, StepKeys> {
  const numbers = new Map<string, number>();
  const numberOf = (key: readonly unknown[]): number => {
    const text = JSON.stringify(key);
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  };
  const keys = new Map<TraceNode<S>, StepKeys>();
  for (const tree of trees) {
    // Children come before their parents.
    for (const node of [...walkTree(tree)].reverse()) {
      const { kind, name, inputFingerprint: input } = node.span;
      const below = node.children.map((child) => keys.get(child)?.subtree ?? -1).sort((a, b) => a - b);
      keys.set(node, {
        subtree: numberOf(['subtree', kind, name, input ?? null, ...below]),
        input: input ? numberOf(['input', kind, name, input]) : undefined,
        name: numberOf(['name', kind, name]),
        content: input ? numberOf(['content', kind, input]) : undefined,
        kind: kind === 'span' || kind === 'chain' ? undefined : numberOf(['kind', kind]),
      });
    }
  }
  return keys;
}
