export interface BoundedCacheOptions {
  /** Maximum size of all keys and values. */
  readonly maxBytes: number;
  /** Longer keys are not cached, because they rarely occur again and a few of them would displace all others. */
  readonly maxKeyLength?: number;
}

const MAX_KEY_LENGTH = 256;
/** Estimated size of an entry of a `Map`, including the objects of its key and value. */
const ENTRY_BYTES = 100;
const BYTES_PER_CHARACTER = 2;

/**
 * A cache of at most `maxBytes`, for keys that come from clients. If it is full, it removes the oldest entries. Reading
 * an entry does not make it newer.
 */
export class BoundedCache<Value> {
  readonly #entries = new Map<string, { readonly value: Value; readonly bytes: number }>();
  readonly #maxBytes: number;
  readonly #maxKeyLength: number;
  #bytes = 0;

  constructor({ maxBytes, maxKeyLength = MAX_KEY_LENGTH }: BoundedCacheOptions) {
    this.#maxBytes = maxBytes;
    this.#maxKeyLength = maxKeyLength;
  }

  get sizeBytes(): number {
    return this.#bytes;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key)?.value;
  }

  /**
   * Adds or replaces an entry, which becomes the newest one. `valueBytes` is the size of the value. It can be omitted if
   * the value has only a few bytes.
   */
  set(key: string, value: Value, valueBytes = 0): void {
    this.delete(key);
    const bytes = ENTRY_BYTES + key.length * BYTES_PER_CHARACTER + valueBytes;
    if (key.length > this.#maxKeyLength || bytes > this.#maxBytes) return;
    this.#entries.set(key, { value, bytes });
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes) this.#deleteOldest();
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }

  /** Returns the values from the oldest entry to the newest. */
  values(): Value[] {
    return Array.from(this.#entries.values(), ({ value }) => value);
  }

  #deleteOldest(): void {
    for (const key of this.#entries.keys()) {
      this.delete(key);
      return;
    }
  }
}
