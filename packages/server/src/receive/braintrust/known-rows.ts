import { BoundedCache } from '@throughline/spans';
import type { KnownRow } from './patch-of-row.ts';

const MAX_BYTES = 16 << 20;
/** Ids of Braintrust have 36 characters. */
const MAX_KEY_LENGTH = 256;

/** Where the rows that arrived last are stored, by their id. */
export class KnownRows {
  readonly #rows = new BoundedCache<KnownRow>({ maxBytes: MAX_BYTES, maxKeyLength: MAX_KEY_LENGTH });

  get(id: string): KnownRow | undefined {
    return this.#rows.get(id);
  }

  set(id: string, row: KnownRow): void {
    const { project, traceId, spanId } = row;
    this.#rows.set(id, row, 2 * (project.length + traceId.length + spanId.length));
  }
}
