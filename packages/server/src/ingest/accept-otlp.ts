import { ThroughlineError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { OtlpRequest } from '../receive/otlp/otlp-plugin.ts';
import type { PartialSuccess } from '../receive/otlp/otlp-response.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { IngestProblems } from './ingest-problems.ts';
import type { Ingested, IngestTask, Rejections } from './messages.ts';

export interface AcceptOtlpParts {
  readonly pool: IngestPool;
  readonly journal: Pick<Journal, 'append'>;
  /** Nanoseconds since 1970; never twice the same. */
  readonly now: () => bigint;
  readonly problems: Pick<IngestProblems, 'record'>;
  /** After decompression. */
  readonly maxBodyBytes: number;
}

/** The way of a request: worker → journal → acknowledged. */
export function createAcceptOtlp(
  parts: AcceptOtlpParts,
): (kind: IngestTask['kind'], request: OtlpRequest) => Promise<PartialSuccess | undefined> {
  return async (kind, request) => {
    const receivedUnixNano = parts.now();
    const { maxBodyBytes, problems } = parts;
    const result = await parts.pool.process({ kind, ...request, receivedUnixNano, maxBodyBytes });
    if (result.kind === 'failure') {
      problems.record(kind, result.code, result.message, receivedUnixNano);
      throw new ThroughlineError(result.code, result.message);
    }
    for (const { reason, example, count } of result.rejections)
      problems.record(kind, reason, example, receivedUnixNano, count);
    if (result.accepted > 0) await parts.journal.append(result.batch);
    return result.rejected === 0
      ? undefined
      : { rejected: result.rejected, message: rejectionMessage(result) };
  };
}

const NOUNS: Readonly<Record<Ingested['kind'], readonly [one: string, many: string]>> = {
  spans: ['span', 'spans'],
  logRecords: ['log record', 'log records'],
  dataPoints: ['data point', 'data points'],
};

/** `2 of 5 spans were rejected. 1: the trace id is missing. 1: …` */
function rejectionMessage({ kind, accepted, rejected, rejections }: Ingested): string {
  const total = accepted + rejected;
  const [one, many] = NOUNS[kind];
  const reasons = rejections.map(({ count, example }: Rejections) => `${count}: ${example}.`);
  return `${rejected} of ${total} ${total === 1 ? `${one} was` : `${many} were`} rejected. ${reasons.join(' ')}`;
}
