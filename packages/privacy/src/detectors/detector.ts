/** Position of a match: `[start, end)` in UTF-16 units. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** Quotes to add around the replacement. Set if the match is an unquoted value in JSON text. */
  readonly quote?: string;
}

/**
 * Finds one kind of personal data or secret. A detector declares characters (`triggers`) and searches for matches only
 * around them. The text is scanned once for all detectors, so text without triggers costs one table look-up per
 * character.
 */
export interface Detector {
  /** The word in the placeholder: the label `EMAIL` gives `[EMAIL]`. */
  readonly label: string;
  /** Characters at which `find` is called. In a run of digits it is called once, at the first one. */
  readonly triggers: string;
  /**
   * Returns false if no match is possible at `trigger` after the ASCII character `previous` (`\0` at the beginning of
   * the text). It is called once for each pair while compiling, and not for non-ASCII characters. Default: always true.
   */
  canFollow?(previous: string, trigger: string): boolean;
  /**
   * Returns the match around the trigger at index `at`, or undefined. The match must not begin before `from`, the end
   * of the previous match. To keep the whole scan linear, a detector reads only a bounded distance around `at`. It may
   * read further only if it then matches, or if it never reads the same text again.
   */
  find(text: string, at: number, from: number): Match | undefined;
  /** Returns the same text for equal values. It is used for numbers, hashes, tails and exceptions. */
  normalise(value: string): string;
}
