/** What was streamed, as one value for the span: text and bytes are joined, other items are a list. Bounded. */
export class Collected {
    #maxCharacters;
    #items = [];
    #decoder;
    #characters = 0;
    #isText = true;
    #count = 0;
    constructor(maxCharacters) {
        this.#maxCharacters = maxCharacters;
    }
    add(item) {
        this.#count++;
        if (this.#items.length >= MAX_ITEMS || this.#characters > this.#maxCharacters)
            return;
        const kept = item instanceof Uint8Array ? this.#decode(item) : item;
        this.#items.push(kept);
        if (typeof kept === 'string')
            this.#characters += kept.length;
        else
            this.#isText = false;
    }
    /** Undefined where nothing came. */
    value() {
        if (this.#count === 0)
            return undefined;
        const left = this.#count - this.#items.length;
        if (this.#isText)
            return this.#items.join('') + (left > 0 ? `… [${left} more]` : '');
        return left > 0 ? [...this.#items, `[${left} more]`] : this.#items;
    }
    #decode(bytes) {
        this.#decoder ??= new TextDecoder();
        const room = this.#maxCharacters + 1 - this.#characters;
        return this.#decoder.decode(bytes.byteLength > room ? bytes.subarray(0, room) : bytes, { stream: true });
    }
}
const MAX_ITEMS = 10_000;
