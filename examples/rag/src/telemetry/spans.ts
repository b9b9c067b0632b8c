import type { OITracer } from '@arizeai/openinference-core';
import { SemanticConventions } from '@arizeai/openinference-semantic-conventions';
import type { Attributes, Span } from '@opentelemetry/api';
import { SpanStatusCode } from '@opentelemetry/api';

export type Kind =
  | 'CHAIN'
  | 'AGENT'
  | 'TOOL'
  | 'RETRIEVER'
  | 'RERANKER'
  | 'EMBEDDING'
  | 'GUARDRAIL'
  | 'PROMPT';

/** Runs `run` as a span. What it throws is recorded and thrown on. */
export function inSpan<Result>(
  tracer: OITracer,
  name: string,
  kind: Kind,
  attributes: Attributes,
  run: (span: Span) => Promise<Result>,
): Promise<Result> {
  return tracer.startActiveSpan(
    name,
    { attributes: { [SemanticConventions.OPENINFERENCE_SPAN_KIND]: kind, ...attributes } },
    async (span: Span) => {
      try {
        return await run(span);
      } catch (error) {
        recordFailure(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
  );
}

/** The exception with its stack, its class as `error.type`, and the HTTP status where a provider gave one. */
export function recordFailure(span: Span, error: unknown): void {
  const failure = error instanceof Error ? error : new Error(String(error));
  const { status } = failure as { status?: unknown };
  span.recordException(failure);
  span.setAttribute('error.type', failure.constructor.name);
  if (typeof status === 'number') span.setAttribute('http.response.status_code', status);
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
}

/** `input.value` or `output.value` with its type: text as it is, anything else as JSON. */
export function valueAttributes(direction: 'input' | 'output', value: unknown): Attributes {
  const isText = typeof value === 'string';
  return {
    [`${direction}.value`]: isText ? value : JSON.stringify(value),
    [`${direction}.mime_type`]: isText ? 'text/plain' : 'application/json',
  };
}
