import type { Read } from '../attributes/attribute-readers.ts';
import { either } from '../attributes/attribute-readers.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { SpanKind } from '../model/kind.ts';

/** What a span says that it is, else what its attributes imply, else `span`. */
export function createKindReader(
  dialects: readonly Dialect[],
): (span: Parameters<Read<SpanKind>>[0]) => SpanKind {
  const says = either(...dialects.flatMap(({ kind }) => kind ?? []));
  const implies = either(...dialects.flatMap(({ impliedKind }) => impliedKind ?? []));
  return (span) => says(span) ?? implies(span) ?? 'span';
}
