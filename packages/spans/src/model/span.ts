import type { Cost } from './cost.ts';
import type { SpanKind } from './kind.ts';
import type { StatusCode } from './raw-span.ts';
import type { Usage } from './usage.ts';

/**
 * The facts of one span that the attribute vocabularies agree on, whichever of them it came in.
 * Absent means that the source did not say.
 */
export interface SpanFacts {
  readonly kind: SpanKind;
  /** The span's name as sent; a dialect that knows a better one for people gives that. */
  readonly name: string;
  /** `error` if the status says so or an exception that left the span was recorded. */
  readonly status: StatusCode;
  readonly statusMessage?: string;
  readonly errorType?: string;

  /** Resource `service.name`. */
  readonly service?: string;
  /** Resource or span `deployment.environment.name` (or the older `deployment.environment`). */
  readonly environment?: string;
  /** Resource `service.version`. */
  readonly release?: string;
  /** The part of the product that made the request: `feature`, `throughline.feature`, or the workflow's name. */
  readonly feature?: string;
  readonly userId?: string;
  readonly sessionId?: string;
  readonly tags?: readonly string[];

  readonly provider?: string;
  /** What answered, else what was asked for. */
  readonly model?: string;
  readonly requestModel?: string;
  readonly responseModel?: string;
  readonly responseId?: string;
  /** `gen_ai.operation.name` or its like. */
  readonly operation?: string;
  readonly finishReasons?: readonly string[];

  readonly usage?: Usage;
  readonly cost?: Cost;
  /** Time to first token (or chunk), milliseconds since the span began. */
  readonly ttftMs?: number;

  readonly toolName?: string;
  readonly agentName?: string;
  readonly workflowName?: string;
  readonly promptName?: string;
  readonly promptVersion?: string;

  /** Documents that came out: of a retriever, or of a reranker. */
  readonly documentCount?: number;
  /** Documents that went into a reranker. */
  readonly inputDocumentCount?: number;
}
