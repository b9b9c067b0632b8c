import type { TextTreeSpan } from './text-tree.ts';

/** A span of a trace to compare: a line of the text tree, with fingerprints of its content. */
export interface DiffableSpan extends TextTreeSpan {
  /** Equal fingerprints mean equal texts. Undefined or null if the span has no such text. */
  readonly inputFingerprint?: string | null | undefined;
  readonly outputFingerprint?: string | null | undefined;
}
