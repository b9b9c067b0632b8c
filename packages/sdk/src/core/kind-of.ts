import type { Attributes } from '@opentelemetry/api';
import type { SpanKind as Kind } from '@throughline/spans';
import { KEYS, KIND_ATTRIBUTES } from './semconv.ts';

/** Returns the kind of a span from its initial attributes. The inverse of `KIND_ATTRIBUTES`. */
export function kindOf(attributes: Attributes): Kind {
  const operation = attributes[KEYS.operation];
  const kind = attributes[KEYS.kind];
  if (operation === undefined && kind === undefined) return 'span';
  return KIND_BY_WORD.get(String(operation ?? kind)) ?? 'span';
}

const KIND_BY_WORD = new Map<string, Kind>([
  // Further operation names of the conventions.
  ['generate_content', 'llm'],
  ['text_completion', 'llm'],
  ['rerank', 'reranker'],
  ...Object.entries(KIND_ATTRIBUTES).flatMap(([kind, attributes]) =>
    Object.values(attributes).map((word): [string, Kind] => [word, kind as Kind]),
  ),
]);
