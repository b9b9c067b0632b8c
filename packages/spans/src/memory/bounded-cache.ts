export interface BoundedCacheOptions {
  /** What all entries take together, keys and values. */
  readonly maxBytes: number;
  /** Longer keys are not remembered: they rarely come again, and a few of them would displace all others. */
  readonly maxKeyLength?: number;
}

const MAX_KEY_LENGTH = 256;
/** An entry of a `Map`, its key and its value as objects. */
const ENTRY_BYTES = 100;
const BYTES_PER_CHARACTER = 2;

/**
 * A cache whose keys come from clients: whatever they send, it takes no more than `maxBytes`. The oldest entries make
 * room for new ones.
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

  /** Makes the entry the newest one. `valueBytes` is what the value takes, if it is more than a few bytes. */
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

  /** From the oldest to the newest. */
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
