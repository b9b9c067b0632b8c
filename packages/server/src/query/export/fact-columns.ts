import type { SpanSummary } from '../../contract/span.ts';

/** The derived facts of a span, as in the API. */
export interface SpanFacts extends SpanSummary {
  readonly traceId: string;
  readonly environment: string | null;
  readonly release: string | null;
  readonly feature: string | null;
  readonly userId: string | null;
  readonly sessionId: string | null;
  readonly tags: readonly string[];
  readonly operation: string | null;
  readonly requestModel: string | null;
  readonly responseId: string | null;
  readonly finishReasons: readonly string[];
  readonly workflowName: string | null;
  readonly promptName: string | null;
  readonly promptVersion: string | null;
  readonly costSource: string | null;
}

/** Also has the exact times, which are needed to restore the original span. */
export interface SpanFactsRow extends SpanFacts {
  readonly startNs: string;
  readonly durationNs: string | null;
  readonly otelKind: string;
}

/** The columns of a table of spans, in this order. */
export const FACT_NAMES = [
  'traceId',
  'spanId',
  'parentSpanId',
  'name',
  'kind',
  'startTime',
  'durationMs',
  'status',
  'statusMessage',
  'errorType',
  'service',
  'environment',
  'release',
  'feature',
  'userId',
  'sessionId',
  'tags',
  'provider',
  'model',
  'requestModel',
  'operation',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'costUsd',
  'costSource',
  'counted',
  'ttftMs',
  'finishReasons',
  'toolName',
  'agentName',
  'workflowName',
  'promptName',
  'promptVersion',
  'documentCount',
  'inputDocumentCount',
  'responseId',
] as const satisfies readonly (keyof SpanFacts)[];
