/** What a span does in an AI application. `span` is everything else: HTTP, databases, own code. */
export const SPAN_KINDS = [
  'llm',
  'embedding',
  'retriever',
  'reranker',
  'tool',
  'agent',
  'chain',
  'guardrail',
  'evaluator',
  'prompt',
  'memory',
  'span',
] as const;

export type SpanKind = (typeof SPAN_KINDS)[number];

/**
 * Kinds whose own usage and cost count towards a trace. Agents and chains repeat the sum of their children,
 * so theirs is shown on the span and never added up.
 */
export const COUNTED_KINDS: ReadonlySet<SpanKind> = new Set(['llm', 'embedding', 'reranker']);
