/** Position of a match: `[start, end)` in UTF-16 units. */
export interface Match {
  readonly start: number;
  readonly end: number;
  /** Set if the match stands outside quotes in JSON: the replacement gets these quotes. */
  readonly quote?: string;
}

/**
 * A detector names the characters at which it looks (`triggers`) and finds matches around one of them. The scanner reads
 * the text once for all detectors, so text without triggers costs one table look-up per character.
 */
export interface Detector {
  /** The word in the placeholder: `EMAIL` makes `[EMAIL]`. */
  readonly label: string;
  /** Characters at which `find` is called. In a run of digits it is called once, at the first one. */
  readonly triggers: string;
  /**
   * Narrows the triggers by the ASCII character directly before (0 at the beginning of the text). Called once for every
   * pair while compiling. Triggers after characters beyond ASCII always count.
   */
  canFollow?(previous: string, trigger: string): boolean;
  /**
   * The match at the trigger `at`, or undefined. It may not read left of `from`, the end of the previous match. It reads
   * only a bounded distance around `at`, unless it then matches or never reads the same text again: that keeps the
   * whole scan linear.
   */
  find(text: string, at: number, from: number): Match | undefined;
  /** One spelling for equal values, used for numbering, hashing, tails and allow lists. */
  normalise(value: string): string;
}
