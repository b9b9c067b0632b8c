/** Concatenates streamed pieces of several texts, up to a common limit. */
export class TextPieces {
  #left: number;
  readonly #texts = new Map<string, string>();

  /** @param maxCharacters 0 keeps nothing. */
  constructor(maxCharacters: number) {
    this.#left = maxCharacters;
  }

  /** @returns Whether the piece contained text. */
  add(key: string, piece: unknown): boolean {
    if (typeof piece !== 'string' || piece === '') return false;
    if (this.#left > 0) {
      const kept = piece.length <= this.#left ? piece : piece.slice(0, this.#left);
      this.#left -= kept.length;
      // JavaScript engines represent concatenated strings as ropes, so this does not copy the earlier pieces.
      this.#texts.set(key, (this.#texts.get(key) ?? '') + kept);
    }
    return true;
  }

  get(key: string): string | undefined {
    return this.#texts.get(key);
  }
}
