import type { ThroughlineError } from '../errors/errors.ts';
import type { IngestTask } from '../ingest/pool/messages.ts';

/** An OTLP request that has its answer, for those who count. */
export interface AnsweredRequest {
  readonly signal: IngestTask['kind'];
  readonly transport: 'http' | 'grpc';
  /** `200`, `429` · `OK`, `UNAVAILABLE`; `aborted` or `CANCELLED` where the client did not wait. */
  readonly status: string;
  /** Why the request as a whole was refused. */
  readonly error?: ThroughlineError;
  /** As its header names it; absent where it does not, or the name is not valid. */
  readonly project?: string | undefined;
  readonly userAgent?: string | undefined;
}

export type OnAnswered = (answered: AnsweredRequest) => void;
