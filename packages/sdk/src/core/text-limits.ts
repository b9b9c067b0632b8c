export interface TextLimits {
  /** Maximum length of the result. */
  readonly maxCharacters: number;
  /** Whether base64 data is kept or replaced by a note of its size. */
  readonly media: 'keep' | 'drop';
  /** Replaces a text. Undefined if nothing is masked. */
  readonly mask?: ((text: string) => string) | undefined;
  /** Replaces a text or plain JSON before the mask sees it. */
  readonly redact?: ((value: unknown) => unknown) | undefined;
}
