import type { ErrorCode } from '../errors.ts';
import type { RejectionReason } from '../receive/otlp/rejection.ts';
import type { IngestTask } from './messages.ts';

/** What kept arriving and was not kept, since the start of the process. */
export interface IngestProblem {
  readonly signal: IngestTask['kind'];
  /** Of single records: why they were rejected. Of whole requests: the code of the answer. */
  readonly reason: RejectionReason | ErrorCode;
  /** Records, or requests where the request as a whole was refused. */
  readonly count: number;
  readonly lastUnixNano: bigint;
  /** The latest messages, newest first, each once. */
  readonly samples: readonly string[];
}

const MAX_SAMPLES = 5;

/** Counters in memory. Bounded: reasons and signals are closed sets, and samples are few. */
export class IngestProblems {
  readonly #problems = new Map<string, IngestProblem>();

  record(
    signal: IngestProblem['signal'],
    reason: IngestProblem['reason'],
    sample: string,
    atUnixNano: bigint,
    count = 1,
  ): void {
    const key = `${signal} ${reason}`;
    const known = this.#problems.get(key);
    this.#problems.set(key, {
      signal,
      reason,
      count: (known?.count ?? 0) + count,
      lastUnixNano: atUnixNano,
      samples: [sample, ...(known?.samples ?? []).filter((other) => other !== sample)].slice(0, MAX_SAMPLES),
    });
  }

  /** Most recent first. */
  list(): IngestProblem[] {
    return [...this.#problems.values()].sort((a, b) => (a.lastUnixNano < b.lastUnixNano ? 1 : -1));
  }
}
