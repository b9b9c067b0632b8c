import { BoundedCache } from '@throughline/spans';
import type { ErrorCode } from '../../errors/errors.ts';
import type { RejectionReason } from '../../errors/rejections.ts';
import type { WarningReason } from '../../errors/warnings.ts';
import type { IngestTask } from '../pool/messages.ts';

/** Rejected or doubtful data of one project, signal and reason, since the start of the process. */
export interface IngestProblem {
  /** Undefined if the request does not name a project, or could not be read. */
  readonly project: string | undefined;
  readonly signal: IngestTask['kind'];
  /** Reason of the rejection or warning of a record, or the error code of a response to a whole request. */
  readonly reason: RejectionReason | WarningReason | ErrorCode;
  /** Number of records, or of requests if they were rejected as a whole. */
  readonly count: number;
  readonly firstUnixNano: bigint;
  readonly lastUnixNano: bigint;
  /** The latest samples, newest first, without repetitions of the same message and name. */
  readonly samples: readonly ProblemSample[];
}

export interface ProblemSample {
  /** A sentence with the value that was found and the value that was expected. */
  readonly message: string;
  readonly timeUnixNano: bigint;
  /** Name of the span, event or metric. */
  readonly name: string | undefined;
  /** The SDK according to the resource: `python opentelemetry 1.38.0`. */
  readonly sdk: string | undefined;
  readonly userAgent: string | undefined;
}

export interface ProblemReport extends Pick<IngestProblem, 'project' | 'signal' | 'reason' | 'count'> {
  readonly sample: ProblemSample;
}

const MAX_SAMPLES = 5;
const MAX_TEXT = 500;
/** Maximum length of a text that is redacted. The rest is cut off anyway. */
const MAX_REDACTED = 2000;
/** Limit of all problems together. Clients choose the projects, so the least recently reported problems are dropped. */
const MAX_BYTES = 4 << 20;
/** Maximum length of a key: a project, a signal and a reason as JSON. */
const MAX_KEY_LENGTH = 1000;
/** Size of a problem or a sample without its texts. */
const OBJECT_BYTES = 200;

/** Counts rejected data in memory, bounded in bytes. */
export class IngestProblems {
  /** In the order of their last report. */
  readonly #redactText: (text: string) => string;
  readonly #problems = new BoundedCache<IngestProblem>({ maxBytes: MAX_BYTES, maxKeyLength: MAX_KEY_LENGTH });

  /** `redactText` is applied to all texts of samples: messages quote bodies, and headers hold what clients like. */
  constructor(redactText: (text: string) => string = (text) => text) {
    this.#redactText = redactText;
  }

  record({ project, signal, reason, count, sample }: ProblemReport): void {
    const key = JSON.stringify([project, signal, reason]);
    const known = this.#problems.get(key);
    const short = shorten(sample, this.#redactText);
    const others = known?.samples.filter(
      ({ message, name }) => message !== short.message || name !== short.name,
    );
    const problem: IngestProblem = {
      project,
      signal,
      reason,
      count: (known?.count ?? 0) + count,
      firstUnixNano: known?.firstUnixNano ?? sample.timeUnixNano,
      lastUnixNano: sample.timeUnixNano,
      samples: [short, ...(others ?? [])].slice(0, MAX_SAMPLES),
    };
    this.#problems.set(key, problem, bytesOf(problem));
  }

  /** Problems of the project and problems without a known project, most recent first. */
  list(project: string): IngestProblem[] {
    return this.#problems
      .values()
      .filter((problem) => problem.project === undefined || problem.project === project)
      .reverse();
  }
}

function bytesOf({ samples }: IngestProblem): number {
  const texts = samples.flatMap(({ message, name = '', sdk = '', userAgent = '' }) => [
    message,
    name,
    sdk,
    userAgent,
  ]);
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  return OBJECT_BYTES * (1 + samples.length) + 2 * characters;
}

function shorten(
  { message, timeUnixNano, name, sdk, userAgent }: ProblemSample,
  redactText: (text: string) => string,
): ProblemSample {
  // Redacted before it is cut: half a secret is not found.
  const short = (text: string) => cut(redactText(text.slice(0, MAX_REDACTED)));
  return {
    message: short(message),
    timeUnixNano,
    name: name && short(name),
    sdk: sdk && short(sdk),
    userAgent: userAgent && short(userAgent),
  };
}

/** Copies the text, because a slice would keep the whole original in memory. */
function cut(text: string): string {
  return text.length <= MAX_TEXT ? text : Buffer.from(text.slice(0, MAX_TEXT), 'utf16le').toString('utf16le');
}
