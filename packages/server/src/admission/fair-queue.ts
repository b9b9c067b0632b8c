interface Line<Item> {
  readonly entries: { readonly item: Item; readonly weight: number }[];
  /** Total weight of the items taken from this group. If the group rejoins, at least that of the group served last. */
  taken: number;
}

/**
 * A queue that keeps the order within each group and shares between the groups by weight: the group with the least weight
 * so far is next. A group that rejoins starts at the current virtual time: idle time earns no credit, and past use is
 * forgotten. (Start-time fair queueing.)
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

  /** Returns the next item of the groups that may be served now. */
  shift(mayServe: (group: string) => boolean = () => true): Item | undefined {
    let next: Line<Item> | undefined;
    for (const [group, line] of this.#lines) {
      // Groups without items are kept until the others have reached their weight.
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

  /** Removes an item without charging its weight to the group. */
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
