const FIRST_WAIT_MS = 200;
const LAST_WAIT_MS = 30_000;

interface Waiting {
  readonly waitMs: number;
  readonly dueMs: number;
}

/** Items that failed and will be tried again, each after its own delay, which doubles with every failure. */
export class RetryQueue<Item> {
  readonly #now: () => number;
  readonly #waiting = new Map<Item, Waiting>();
  /** Delays of the items that are being tried right now. */
  readonly #trying = new Map<Item, number>();

  /** `now` returns milliseconds and never goes backwards. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Call when an item has failed, for the first time or again. */
  add(item: Item): void {
    const before = this.#trying.get(item);
    const waitMs = before === undefined ? FIRST_WAIT_MS : Math.min(before * 2, LAST_WAIT_MS);
    this.#trying.delete(item);
    this.#waiting.set(item, { waitMs, dueMs: this.#now() + waitMs });
  }

  /** Call when an item has succeeded. */
  forget(item: Item): void {
    this.#trying.delete(item);
  }

  /** Takes the item that has been due for the longest time; undefined if no item is due. */
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

  /** Call when the cause of the failures may be over: every item is due at once. Its delay stays as it is. */
  makeDue(): void {
    const dueMs = this.#now();
    for (const [item, { waitMs }] of this.#waiting) this.#waiting.set(item, { waitMs, dueMs });
  }

  /** Milliseconds until the next item is due; undefined if the queue is empty. */
  get waitMs(): number | undefined {
    const [first] = this.#byDueTime();
    return first && Math.max(0, first[1].dueMs - this.#now());
  }

  #byDueTime(): [Item, Waiting][] {
    return [...this.#waiting].sort(([, a], [, b]) => a.dueMs - b.dueMs);
  }
}
