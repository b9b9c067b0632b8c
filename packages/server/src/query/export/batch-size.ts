/**
 * The number of rows of the next query, so that results stay near a size in bytes. It grows by at most a factor of two each
 * time, so a few large rows after many small ones cost little memory.
 */
export class BatchSize {
  #rows: number;
  readonly #maxRows: number;
  readonly #targetBytes: number;

  constructor({ first = 64, maxRows = 2_000, targetBytes = 4 << 20 } = {}) {
    this.#rows = first;
    this.#maxRows = maxRows;
    this.#targetBytes = targetBytes;
  }

  get rows(): number {
    return this.#rows;
  }

  /** A query returned these rows. */
  onResult(rows: number, bytes: number): void {
    if (rows === 0) return;
    const fitting = Math.floor((rows * this.#targetBytes) / Math.max(1, bytes));
    this.#rows = Math.max(1, Math.min(this.#maxRows, 2 * this.#rows, fitting));
  }

  /** A query failed because its result was too large. Returns false if it cannot be smaller. */
  onTooLarge(): boolean {
    if (this.#rows === 1) return false;
    this.#rows = Math.max(1, Math.floor(this.#rows / 8));
    return true;
  }
}
