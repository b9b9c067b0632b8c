import type { ThroughlineError } from '../errors/errors.ts';
import type { IngestTask } from '../ingest/pool/messages.ts';

/** An OTLP request that has been answered, for counting. */
export interface AnsweredRequest {
  readonly signal: IngestTask['kind'];
  readonly transport: 'http' | 'grpc';
  /** Status of the response: `200`, `429`, `OK`, `UNAVAILABLE`. `aborted` or `CANCELLED` if the client did not wait. */
  readonly status: string;
  /** Why the whole request was rejected. */
  readonly error?: ThroughlineError;
  /** The project in its header. Absent if there is no valid one. */
  readonly project?: string | undefined;
  readonly userAgent?: string | undefined;
}

export type OnAnswered = (answered: AnsweredRequest) => void;
