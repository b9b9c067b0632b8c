import type { Dialect } from './dialect.ts';
import { DIALECTS } from './dialects.ts';

/**
 * Returns whether the values of an attribute are identifiers, as its dialect declares. Programs read them, so redaction
 * must not change them. Runs for every text of every redacted span, so it must be fast.
 */
export const isIdentifierKey: (key: string) => boolean = createIdentifierCheck(DIALECTS);

export function createIdentifierCheck(dialects: readonly Dialect[]): (key: string) => boolean {
  const keys = new Set(dialects.flatMap(({ identifiers }) => identifiers?.keys ?? []));
  const suffixes = dialects.flatMap(({ identifiers }) => identifiers?.suffixes ?? []);
  return (key) => keys.has(key) || suffixes.some((suffix) => key.endsWith(suffix));
}
