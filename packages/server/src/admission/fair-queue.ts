interface Line<Item> {
  readonly entries: { readonly item: Item; readonly weight: number }[];
  /** The weight that was taken from it. Never behind what was taken from the one that was served last. */
  taken: number;
}

/**
 * A queue that serves each group in order and the groups in turn, by weight: next is the one of which least was taken.
 * Who comes to a queue that others keep full starts where these are now, neither ahead for having been away nor behind
 * for what it took long ago. (Start-time fair queueing.)
 */
export class FairQueue<Item> {
  readonly #lines = new Map<string, Line<Item>>();
  #size = 0;
  #lastTaken = 0;

  get size(): number {
    return this.#size;
  }

  push(group: string, weight: number, item: Item): void {
    let line = this.#lines.get(group);
    if (!line) {
      line = { entries: [], taken: this.#lastTaken };
      this.#lines.set(group, line);
    }
    line.taken = Math.max(line.taken, this.#lastTaken);
    line.entries.push({ item, weight });
    this.#size++;
  }

  /** The next item of the groups that may be served now. */
  shift(mayServe: (group: string) => boolean = () => true): Item | undefined {
    let next: Line<Item> | undefined;
    for (const [group, line] of this.#lines) {
      // Who left with a debt is remembered until the others have caught up.
      if (line.entries.length === 0 && line.taken <= this.#lastTaken) this.#lines.delete(group);
      else if (line.entries.length > 0 && (!next || line.taken < next.taken) && mayServe(group)) next = line;
    }
    const entry = next?.entries.shift();
    if (!next || !entry) return undefined;
    this.#lastTaken = next.taken;
    next.taken += Math.max(1, entry.weight);
    if (--this.#size === 0) this.#lines.clear();
    return entry.item;
  }

  /** Takes out an item that has not been served. Its group is not charged for it. */
  delete(group: string, item: Item): void {
    const entries = this.#lines.get(group)?.entries ?? [];
    const index = entries.findIndex((entry) => entry.item === item);
    if (index < 0) return;
    entries.splice(index, 1);
    if (--this.#size === 0) this.#lines.clear();
  }

  /** The newest item of the group with the most items. */
  get newestOfLargest(): Item | undefined {
    let largest: Line<Item> | undefined;
    for (const line of this.#lines.values())
      if (line.entries.length > (largest?.entries.length ?? 0)) largest = line;
    return largest?.entries.at(-1)?.item;
  }
}
