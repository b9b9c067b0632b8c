import type { Cost } from './cost.ts';
import type { SpanKind } from './kind.ts';
import type { StatusCode } from './raw-span.ts';
import type { Usage } from './usage.ts';

/**
 * The facts of one span, independent of the vocabulary in which it was sent. A field is undefined if the source does not
 * report it.
 */
export interface SpanFacts {
  readonly kind: SpanKind;
  /** Name of the span as sent, unless a dialect has a more readable one. */
  readonly name: string;
  /** `error` if the status is error, or if an unhandled exception was recorded and the status is unset. */
  readonly status: StatusCode;
  readonly statusMessage?: string;
  readonly errorType?: string;

  /** Resource `service.name`. */
  readonly service?: string;
  /** Resource or span `deployment.environment.name` (or the older `deployment.environment`). */
  readonly environment?: string;
  /** Resource `service.version`. */
  readonly release?: string;
  /** Part of the product that made the request: `throughline.feature`, `feature`, or the name of the workflow. */
  readonly feature?: string;
  readonly userId?: string;
  readonly sessionId?: string;
  readonly tags?: readonly string[];

  readonly provider?: string;
  /** The response model, otherwise the request model. */
  readonly model?: string;
  readonly requestModel?: string;
  readonly responseModel?: string;
  readonly responseId?: string;
  /** `gen_ai.operation.name` or an equivalent attribute. */
  readonly operation?: string;
  readonly finishReasons?: readonly string[];
  /** Service tier that served the call, otherwise the requested one: `flex`, `batch`, `priority`. */
  readonly serviceTier?: string;

  readonly usage?: Usage;
  readonly cost?: Cost;
  /** Time to first token or chunk, in milliseconds since the start of the span. */
  readonly ttftMs?: number;

  readonly toolName?: string;
  readonly agentName?: string;
  readonly workflowName?: string;
  readonly promptName?: string;
  readonly promptVersion?: string;

  /** Number of documents that a retriever or reranker returned. */
  readonly documentCount?: number;
  /** Number of input documents of a reranker. */
  readonly inputDocumentCount?: number;
}
