/** One result of `throughline doctor`. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem';
  /** What was found, in a sentence. */
  readonly text: string;
  /** What can be done about it, a sentence each. */
  readonly advice?: readonly string[];
}
