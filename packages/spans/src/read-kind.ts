import type { Dialect, Read } from './dialect.ts';
import type { SpanKind } from './kind.ts';
import { either } from './read.ts';

/** What a span says that it is, else what its attributes imply, else `span`. */
export function createKindReader(
  dialects: readonly Dialect[],
): (span: Parameters<Read<SpanKind>>[0]) => SpanKind {
  const says = either(...dialects.flatMap(({ kind }) => kind ?? []));
  const implies = either(...dialects.flatMap(({ impliedKind }) => impliedKind ?? []));
  return (span) => says(span) ?? implies(span) ?? 'span';
}
