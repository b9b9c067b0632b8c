/** A step of one trace and the corresponding step of the other. */
export type StepPair<Item> = readonly [a: Item, b: Item];

/** Which steps of two traces correspond. A step has at most one partner. */
export class Alignment<Item> {
  readonly #partnerOfA = new Map<Item, Item>();
  readonly #partnerOfB = new Map<Item, Item>();

  /** Pairs two steps, unless one of them has a partner. Returns whether they were paired. */
  pair(a: Item, b: Item): boolean {
    if (this.#partnerOfA.has(a) || this.#partnerOfB.has(b)) return false;
    this.#partnerOfA.set(a, b);
    this.#partnerOfB.set(b, a);
    return true;
  }

  /** The partner in `b` of a step of `a`. */
  ofA(a: Item): Item | undefined {
    return this.#partnerOfA.get(a);
  }

  /** The partner in `a` of a step of `b`. */
  ofB(b: Item): Item | undefined {
    return this.#partnerOfB.get(b);
  }

  pairs(): readonly StepPair<Item>[] {
    return [...this.#partnerOfA];
  }
}
