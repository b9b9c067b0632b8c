import type { KnownRow } from './patch-of-row.ts';

const MAX_ROWS = 50_000;

/** Where the rows that arrived last are stored, by their id. */
export class KnownRows {
  readonly #rows = new Map<string, KnownRow>();

  get(id: string): KnownRow | undefined {
    return this.#rows.get(id);
  }

  set(id: string, row: KnownRow): void {
    this.#rows.delete(id);
    this.#rows.set(id, row);
    if (this.#rows.size <= MAX_ROWS) return;
    const [oldest] = this.#rows.keys();
    if (oldest !== undefined) this.#rows.delete(oldest);
  }
}
