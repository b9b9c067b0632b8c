import { alignSiblings } from './align-siblings.ts';
import { Alignment, type StepPair } from './alignment.ts';
import type { DiffableSpan } from './diffable-span.ts';
import { readStepKeys, type StepKeys } from './step-keys.ts';
import { type TraceNode, type TraceTree, walkTree } from './trace-tree.ts';

const STRICT = ['subtree', 'input', 'name'] as const;
const TOLERANT = [...STRICT, 'content', 'kind'] as const;

/**
 * Finds the corresponding steps of two traces:
 *
 * 1. Steps that occur once in each trace with the same input or the same steps below them, wherever they are.
 * 2. Parents of the same name, if most of their children correspond.
 * 3. From the roots down: children of corresponding steps, by what is below them, by input and by name.
 * 4. Steps whose name occurs once in each trace, wherever they are.
 * 5. Steps whose kind and input occur once in each trace, wherever they are.
 * 6. Parents with other names, if most of their children correspond.
 * 7. From the roots down: children of corresponding steps by kind and input, then by kind.
 *
 * The result does not depend on which trace comes first. Takes time in proportion to the number of steps.
 */
export function alignTraces<S extends DiffableSpan>(
  a: TraceTree<S>,
  b: TraceTree<S>,
): Alignment<TraceNode<S>> {
  return new TraceAligner(a, b).align();
}

class TraceAligner<S extends DiffableSpan> {
  readonly #a: TraceTree<S>;
  readonly #b: TraceTree<S>;
  readonly #keys: ReadonlyMap<TraceNode<S>, StepKeys>;
  readonly #found = new Alignment<TraceNode<S>>();

  constructor(a: TraceTree<S>, b: TraceTree<S>) {
    this.#a = a;
    this.#b = b;
    this.#keys = readStepKeys(a, b);
  }

  align(): Alignment<TraceNode<S>> {
    this.#pairUnique('subtree');
    this.#pairUnique('input');
    this.#pairParents((p, q) => this.#key(p, 'name') === this.#key(q, 'name'));
    if (!this.#rootOccursBelow()) this.#pairOnlyRoots();
    this.#alignFromTheTop(STRICT);
    this.#alignBelow(this.#pairUnique('name'), STRICT);
    this.#alignBelow(this.#pairUnique('content'), STRICT);
    this.#pairParents((p, q) => p.span.kind === q.span.kind && this.#haveSimilarChildren(p, q));
    this.#pairOnlyRoots();
    this.#alignFromTheTop(TOLERANT);
    return this.#found;
  }

  #key(node: TraceNode<S>, key: keyof StepKeys): number | undefined {
    return this.#keys.get(node)?.[key];
  }

  /** Pairs steps whose key occurs exactly once in each trace. */
  #pairUnique(key: keyof StepKeys): StepPair<TraceNode<S>>[] {
    const uniqueOf = (tree: TraceTree<S>) => {
      const unique = new Map<number, TraceNode<S> | null>();
      for (const node of walkTree(tree)) {
        const value = this.#key(node, key);
        if (value !== undefined) unique.set(value, unique.has(value) ? null : node);
      }
      return unique;
    };
    const inB = uniqueOf(this.#b);
    return [...uniqueOf(this.#a)].flatMap(([value, a]) => {
      const b = inB.get(value);
      return a && b && this.#found.pair(a, b) ? [[a, b] as const] : [];
    });
  }

  /** A trace usually has one root, whose name does not matter. */
  #pairOnlyRoots(): void {
    const [[a], [b]] = [this.#a.roots, this.#b.roots];
    if (a && b && this.#a.roots.length === 1 && this.#b.roots.length === 1) this.#found.pair(a, b);
  }

  /** Whether one trace contains the root of the other trace as a step below its own root. */
  #rootOccursBelow(): boolean {
    const namesBelow = (tree: TraceTree<S>) =>
      new Set([...walkTree(tree)].filter(({ parent }) => parent).map((node) => this.#key(node, 'name')));
    const isBelow = (tree: TraceTree<S>, other: TraceTree<S>) => {
      const names = namesBelow(other);
      return tree.roots.some((root) => names.has(this.#key(root, 'name')));
    };
    return isBelow(this.#a, this.#b) || isBelow(this.#b, this.#a);
  }

  #alignFromTheTop(keys: readonly (keyof StepKeys)[]): void {
    alignSiblings(this.#a.roots, this.#b.roots, this.#readers(keys), this.#found);
    this.#alignBelow(this.#found.pairs(), keys);
  }

  /** Aligns the children of pairs, their children and so on. Returns the new pairs. */
  #alignBelow(
    pairs: readonly StepPair<TraceNode<S>>[],
    keys: readonly (keyof StepKeys)[],
  ): StepPair<TraceNode<S>>[] {
    const readers = this.#readers(keys);
    const pending = [...pairs];
    const added: StepPair<TraceNode<S>>[] = [];
    for (let pair = pending.pop(); pair; pair = pending.pop()) {
      for (const child of alignSiblings(pair[0].children, pair[1].children, readers, this.#found)) {
        pending.push(child);
        added.push(child);
      }
    }
    return added;
  }

  #readers(keys: readonly (keyof StepKeys)[]) {
    return keys.map((key) => (node: TraceNode<S>) => this.#key(node, key));
  }

  /** Pairs parents if most of their children that have a partner are partners of each other, and so on upwards. */
  #pairParents(isAllowed: (a: TraceNode<S>, b: TraceNode<S>) => boolean): void {
    const votes = new Votes<TraceNode<S>>();
    let fresh: readonly StepPair<TraceNode<S>>[] = this.#found.pairs();
    while (fresh.length > 0) {
      for (const [a, b] of fresh) votes.add(a.parent, b.parent);
      // All decisions of a round are made before its pairs are added, so that their order does not matter.
      const chosen = new Map<TraceNode<S>, TraceNode<S>>();
      for (const [{ parent: p }, { parent: q }] of fresh) {
        if (!p || !q || chosen.has(p) || this.#found.ofA(p) || this.#found.ofB(q)) continue;
        if (votes.isMajority(p, q) && isAllowed(p, q)) chosen.set(p, q);
      }
      const paired = [...chosen].filter(([p, q]) => this.#found.pair(p, q));
      fresh = [...paired, ...this.#alignBelow(paired, STRICT)];
    }
  }

  /** Whether more than half of the children have the same names. */
  #haveSimilarChildren(a: TraceNode<S>, b: TraceNode<S>): boolean {
    const open = new Map<number | undefined, number>();
    for (const child of a.children) {
      const name = this.#key(child, 'name');
      open.set(name, (open.get(name) ?? 0) + 1);
    }
    let common = 0;
    for (const child of b.children) {
      const name = this.#key(child, 'name');
      const left = open.get(name) ?? 0;
      if (left > 0) common++;
      open.set(name, left - 1);
    }
    return 2 * common > Math.max(a.children.length, b.children.length);
  }
}

/** Counts the children that two parents have in common. */
class Votes<Item> {
  readonly #ofA = new Map<Item | null, Map<Item | null, number>>();
  readonly #totalOfA = new Map<Item | null, number>();
  readonly #totalOfB = new Map<Item | null, number>();

  add(a: Item | null, b: Item | null): void {
    const votes = this.#ofA.get(a) ?? new Map<Item | null, number>();
    this.#ofA.set(a, votes.set(b, (votes.get(b) ?? 0) + 1));
    this.#totalOfA.set(a, (this.#totalOfA.get(a) ?? 0) + 1);
    this.#totalOfB.set(b, (this.#totalOfB.get(b) ?? 0) + 1);
  }

  /** Whether most of the counted children of each of the two belong to the other one. */
  isMajority(a: Item, b: Item): boolean {
    const total = Math.max(this.#totalOfA.get(a) ?? 0, this.#totalOfB.get(b) ?? 0);
    return 2 * (this.#ofA.get(a)?.get(b) ?? 0) > total;
  }
}
