/** Where something was found: `[start, end)` in UTF-16 units. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** Set where the match stands outside quotes in JSON: what replaces it is put into these quotes. */
  readonly quote?: string;
}

/**
 * A detector names the characters that make it look (`triggers`) and says what it sees around one of them. The
 * scanner walks the text once for all detectors, so text without triggers costs one table look-up a character.
 */
export interface Detector {
  /** The word inside the placeholder: `EMAIL` gives `[EMAIL]`. */
  readonly label: string;
  /** Characters to be asked at. Digits ask once, at the first digit of a run. */
  readonly triggers: string;
  /**
   * Narrows the triggers by the ASCII character directly before (0 at the beginning of the text). Asked once for every
   * pair, while compiling; triggers after other characters are always looked at.
   */
  canFollow?(previous: string, trigger: string): boolean;
  /**
   * What is found at the trigger `at`, or undefined. May not look left of `from` (the end of the previous match),
   * must look only a bounded way around `at` unless it then matches or can never look there again: that keeps the
   * whole scan linear.
   */
  find(text: string, at: number, from: number): Match | undefined;
  /** One spelling for equal values, used for numbering, hashing, tails and allow lists. */
  normalise(value: string): string;
}
