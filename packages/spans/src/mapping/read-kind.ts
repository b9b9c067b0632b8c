import type { Read } from '../attributes/attribute-readers.ts';
import { either } from '../attributes/attribute-readers.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { SpanKind } from '../model/kind.ts';

/** Returns a reader for the kind: the explicit kind of a span, otherwise the implied one, otherwise `span`. */
export function createKindReader(
  dialects: readonly Dialect[],
): (span: Parameters<Read<SpanKind>>[0]) => SpanKind {
  const explicitKind = either(...dialects.flatMap(({ kind }) => kind ?? []));
  const impliedKind = either(...dialects.flatMap((dialect) => dialect.impliedKind ?? []));
  return (span) => explicitKind(span) ?? impliedKind(span) ?? 'span';
}
