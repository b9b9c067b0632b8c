/** The fields that identify a step when two traces are compared. */
export interface AlignedStep {
  readonly kind: string;
  readonly name: string;
  /** Fingerprint of its input, if it is known. */
  readonly input?: string | null | undefined;
}

export interface SiblingPair<Item> {
  readonly a: Item | null;
  readonly b: Item | null;
}

type Key = (step: AlignedStep) => string | undefined;

/** Keys from strict to tolerant. Steps with the same key are paired in their order. */
const KEYS: readonly Key[] = [
  ({ kind, name, input }) => (input ? JSON.stringify([kind, name, input]) : undefined),
  ({ kind, name }) => JSON.stringify([kind, name]),
  // Names of model calls often contain the model. A generic span is only identified by its name.
  ({ kind }) => (kind === 'span' || kind === 'chain' ? undefined : kind),
];

/**
 * Pairs the steps below one span of a trace with those below the corresponding span of another trace: first steps with the
 * same kind, name and input, then those with the same kind and name, then those with the same kind.
 *
 * The result is in the order of `b`. Steps that only `a` has follow the step that they follow in `a`.
 */
export function alignSiblings<Item>(
  a: readonly Item[],
  b: readonly Item[],
  stepOf: (item: Item) => AlignedStep,
): SiblingPair<Item>[] {
  const partners = new Map<Item, Item>();
  const matched = new Set<Item>();
  for (const keyOf of KEYS) {
    const waiting = groupByKey(
      b.filter((item) => !matched.has(item)),
      (item) => keyOf(stepOf(item)),
    );
    for (const item of a) {
      if (partners.has(item)) continue;
      const key = keyOf(stepOf(item));
      const partner = key === undefined ? undefined : waiting.get(key)?.next();
      if (partner === undefined) continue;
      partners.set(item, partner);
      matched.add(partner);
    }
  }
  return inOrder(a, b, partners);
}

class Queue<Item> {
  readonly #items: Item[] = [];
  #at = 0;
  push(item: Item): void {
    this.#items.push(item);
  }
  next(): Item | undefined {
    return this.#items[this.#at++];
  }
}

function groupByKey<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
): Map<string, Queue<Item>> {
  const groups = new Map<string, Queue<Item>>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === undefined) continue;
    const group = groups.get(key) ?? new Queue<Item>();
    group.push(item);
    groups.set(key, group);
  }
  return groups;
}

function inOrder<Item>(
  a: readonly Item[],
  b: readonly Item[],
  partners: ReadonlyMap<Item, Item>,
): SiblingPair<Item>[] {
  const pairs: SiblingPair<Item>[] = [];
  const sourceOf = new Map([...partners].map(([item, partner]) => [partner, item]));
  /** The steps that only `a` has, by the partner of the step before them. */
  const removedAfter = new Map<Item | undefined, Item[]>();
  let previous: Item | undefined;
  for (const item of a) {
    const partner = partners.get(item);
    if (partner === undefined) removedAfter.set(previous, [...(removedAfter.get(previous) ?? []), item]);
    else previous = partner;
  }
  const addRemoved = (after: Item | undefined) => {
    for (const item of removedAfter.get(after) ?? []) pairs.push({ a: item, b: null });
  };
  addRemoved(undefined);
  for (const item of b) {
    pairs.push({ a: sourceOf.get(item) ?? null, b: item });
    addRemoved(item);
  }
  return pairs;
}
