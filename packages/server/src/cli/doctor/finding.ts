/** One result of `throughline doctor`. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem';
  /** The finding, in a sentence. */
  readonly text: string;
  /** Possible fixes, one sentence each. */
  readonly advice?: readonly string[];
}
