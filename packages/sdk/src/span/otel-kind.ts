import { SpanKind as OtelSpanKind } from '@opentelemetry/api';
import type { SpanKind } from '@throughline/spans';

const { CLIENT, INTERNAL } = OtelSpanKind;
/** Used if the caller sets no `otelKind`. Kinds that call another service are clients. */
export const DEFAULT_OTEL_KINDS: Readonly<Record<SpanKind, OtelSpanKind>> = {
  llm: CLIENT,
  embedding: CLIENT,
  retriever: INTERNAL,
  reranker: CLIENT,
  tool: INTERNAL,
  agent: INTERNAL,
  chain: INTERNAL,
  guardrail: INTERNAL,
  evaluator: INTERNAL,
  prompt: INTERNAL,
  memory: INTERNAL,
  span: INTERNAL,
};
/** OpenTelemetry's kinds by name. */
export const OTEL_KINDS = {
  internal: OtelSpanKind.INTERNAL,
  server: OtelSpanKind.SERVER,
  client: OtelSpanKind.CLIENT,
  producer: OtelSpanKind.PRODUCER,
  consumer: OtelSpanKind.CONSUMER,
} as const;
