/** What a span does in an AI application. `span` means anything else: HTTP, databases, application code. */
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

/** The kind of a span. */
export type SpanKind = (typeof SPAN_KINDS)[number];

/**
 * Kinds whose usage and cost count towards the totals of a trace. Agents and chains repeat the sum of their children, so
 * their usage is shown on the span but never added.
 */
export const COUNTED_KINDS: ReadonlySet<SpanKind> = new Set(['llm', 'embedding', 'reranker']);
