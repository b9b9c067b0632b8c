import type { ErrorCode } from '../../errors/errors.ts';
import type { RejectionReason } from '../../errors/rejections.ts';
import type { IngestTask } from '../pool/messages.ts';

/** What kept arriving and was not kept, since the start of the process. */
export interface IngestProblem {
  /** Absent where the request does not say, or could not be read so far. */
  readonly project: string | undefined;
  readonly signal: IngestTask['kind'];
  /** Of single records: why they were rejected. Of whole requests: the code of the answer. */
  readonly reason: RejectionReason | ErrorCode;
  /** Records, or requests where the request as a whole was refused. */
  readonly count: number;
  readonly firstUnixNano: bigint;
  readonly lastUnixNano: bigint;
  /** The latest, newest first, each message of a name once. */
  readonly samples: readonly ProblemSample[];
}

export interface ProblemSample {
  /** What was found and what was expected. */
  readonly message: string;
  readonly timeUnixNano: bigint;
  /** Of the span, event or metric. */
  readonly name: string | undefined;
  /** `python opentelemetry 1.38.0`, as the resource says. */
  readonly sdk: string | undefined;
  readonly userAgent: string | undefined;
}

export interface ProblemReport extends Pick<IngestProblem, 'project' | 'signal' | 'reason' | 'count'> {
  readonly sample: ProblemSample;
}

const MAX_SAMPLES = 5;
/** Projects are named by whoever sends: of more problems than these the ones that have been quiet longest are forgotten. */
const MAX_PROBLEMS = 1000;
const MAX_TEXT = 500;

/** Counters in memory, bounded in number and in length. */
export class IngestProblems {
  /** In the order of their last report. */
  readonly #problems = new Map<string, IngestProblem>();

  record({ project, signal, reason, count, sample }: ProblemReport): void {
    const key = JSON.stringify([project, signal, reason]);
    const known = this.#problems.get(key);
    this.#problems.delete(key);
    const short = shorten(sample);
    const others = known?.samples.filter(
      ({ message, name }) => message !== short.message || name !== short.name,
    );
    this.#problems.set(key, {
      project,
      signal,
      reason,
      count: (known?.count ?? 0) + count,
      firstUnixNano: known?.firstUnixNano ?? sample.timeUnixNano,
      lastUnixNano: sample.timeUnixNano,
      samples: [short, ...(others ?? [])].slice(0, MAX_SAMPLES),
    });
    if (this.#problems.size > MAX_PROBLEMS)
      for (const oldest of this.#problems.keys()) {
        this.#problems.delete(oldest);
        break;
      }
  }

  /** Those of the project and those that no project is known of, most recent first. */
  list(project: string): IngestProblem[] {
    return [...this.#problems.values()]
      .filter((problem) => problem.project === undefined || problem.project === project)
      .reverse();
  }
}

function shorten({ message, timeUnixNano, name, sdk, userAgent }: ProblemSample): ProblemSample {
  return {
    message: message.slice(0, MAX_TEXT),
    timeUnixNano,
    name: name?.slice(0, MAX_TEXT),
    sdk: sdk?.slice(0, MAX_TEXT),
    userAgent: userAgent?.slice(0, MAX_TEXT),
  };
}
