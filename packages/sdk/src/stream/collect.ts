/** Collects streamed items into one value: text and bytes are joined, other items become a list. Size is limited. */
export class Collected {
  readonly #maxCharacters: number;
  readonly #items: unknown[] = [];
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  #characters = 0;
  #isText = true;
  #count = 0;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  add(item: unknown): void {
    this.#count++;
    if (this.#items.length >= MAX_ITEMS || this.#characters > this.#maxCharacters) return;
    const kept = item instanceof Uint8Array ? this.#decode(item) : item;
    this.#items.push(kept);
    if (typeof kept === 'string') this.#characters += kept.length;
    else this.#isText = false;
  }

  /** Returns the collected value. Undefined if nothing was streamed. */
  value(): unknown {
    if (this.#count === 0) return undefined;
    const left = this.#count - this.#items.length;
    if (this.#isText) return this.#items.join('') + (left > 0 ? `… [${left} more]` : '');
    return left > 0 ? [...this.#items, `[${left} more]`] : this.#items;
  }

  #decode(bytes: Uint8Array): string {
    this.#decoder ??= new TextDecoder();
    const room = this.#maxCharacters + 1 - this.#characters;
    return this.#decoder.decode(bytes.byteLength > room ? bytes.subarray(0, room) : bytes, { stream: true });
  }
}

const MAX_ITEMS = 10_000;
