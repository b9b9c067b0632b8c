import { ThroughlineError } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { TracesRequest } from '../receive/otlp/otlp-plugin.ts';
import type { PartialSuccess } from '../receive/otlp/otlp-response.ts';
import type { IngestPool } from './ingest-pool.ts';
import type { IngestedSpans, Rejections } from './messages.ts';

export interface AcceptTracesParts {
  readonly pool: IngestPool;
  readonly journal: Pick<Journal, 'append'>;
  /** Nanoseconds since 1970; never twice the same. */
  readonly now: () => bigint;
  /** After decompression. */
  readonly maxBodyBytes: number;
}

/** The way of a request: worker → journal → acknowledged. */
export function createAcceptTraces(
  parts: AcceptTracesParts,
): (request: TracesRequest) => Promise<PartialSuccess | undefined> {
  return async (request) => {
    const result = await parts.pool.process({
      kind: 'otlp-traces',
      ...request,
      receivedUnixNano: parts.now(),
      maxBodyBytes: parts.maxBodyBytes,
    });
    if (result.kind === 'failure') throw new ThroughlineError(result.code, result.message);
    if (result.accepted > 0) await parts.journal.append(result.batch);
    return result.rejected === 0
      ? undefined
      : { rejected: result.rejected, message: rejectionMessage(result) };
  };
}

/** `2 of 5 spans were rejected. 1: the trace id is missing. 1: …` */
function rejectionMessage({ accepted, rejected, rejections }: IngestedSpans): string {
  const total = accepted + rejected;
  const reasons = rejections.map(({ count, example }: Rejections) => `${count}: ${example}.`);
  return `${rejected} of ${total} ${total === 1 ? 'span was' : 'spans were'} rejected. ${reasons.join(' ')}`;
}
