/** Texts that arrive in pieces, in a bounded amount of memory together. */
export class TextPieces {
  #left: number;
  readonly #texts = new Map<string, string>();

  /** @param maxCharacters 0 keeps nothing. */
  constructor(maxCharacters: number) {
    this.#left = maxCharacters;
  }

  /** @returns Whether there was text. */
  add(key: string, piece: unknown): boolean {
    if (typeof piece !== 'string' || piece === '') return false;
    if (this.#left > 0) {
      const kept = piece.length <= this.#left ? piece : piece.slice(0, this.#left);
      this.#left -= kept.length;
      // The engine keeps a rope of the pieces: adding one does not copy those before.
      this.#texts.set(key, (this.#texts.get(key) ?? '') + kept);
    }
    return true;
  }

  get(key: string): string | undefined {
    return this.#texts.get(key);
  }
}
