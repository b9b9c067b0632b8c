const FIRST_WAIT_MS = 200;
const LAST_WAIT_MS = 30_000;

interface Waiting {
  readonly waitMs: number;
  readonly dueMs: number;
}

/** What failed and is to be tried again: each item after a wait of its own that doubles with every failure. */
export class SetAside<Item> {
  readonly #now: () => number;
  readonly #waiting = new Map<Item, Waiting>();
  /** Waits of items that are being tried. */
  readonly #trying = new Map<Item, number>();

  /** `now`: milliseconds, never backwards. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** It failed, for the first time or again. */
  add(item: Item): void {
    const before = this.#trying.get(item);
    const waitMs = before === undefined ? FIRST_WAIT_MS : Math.min(before * 2, LAST_WAIT_MS);
    this.#trying.delete(item);
    this.#waiting.set(item, { waitMs, dueMs: this.#now() + waitMs });
  }

  /** It did not fail. */
  forget(item: Item): void {
    this.#trying.delete(item);
  }

  /** The one that has been due for longest, to be tried now. */
  takeDue(): Item | undefined {
    const [first] = this.#byDueTime();
    if (!first || first[1].dueMs > this.#now()) return undefined;
    const [item, { waitMs }] = first;
    this.#waiting.delete(item);
    this.#trying.set(item, waitMs);
    return item;
  }

  takeAll(): Item[] {
    const items = [...this.#waiting.keys()];
    this.#waiting.clear();
    return items;
  }

  /** Why they failed may be over: each may be tried at once, and then waits as long as it would have. */
  makeDue(): void {
    const dueMs = this.#now();
    for (const [item, { waitMs }] of this.#waiting) this.#waiting.set(item, { waitMs, dueMs });
  }

  /** Until the next one is due; undefined where there is none. */
  get waitMs(): number | undefined {
    const [first] = this.#byDueTime();
    return first && Math.max(0, first[1].dueMs - this.#now());
  }

  #byDueTime(): [Item, Waiting][] {
    return [...this.#waiting].sort(([, a], [, b]) => a.dueMs - b.dueMs);
  }
}
