import { ThroughlineError } from '../errors/errors.ts';
import type { Journal } from '../journal/journal.ts';
import { freeMemory } from '../memory/free-memory.ts';
import type { PartialSuccess } from '../otlp/export-response.ts';
import type { OtlpRequest } from './otlp-request.ts';
import type { IngestPool } from './pool/ingest-pool.ts';
import type { Ingested, IngestTask, Rejections } from './pool/messages.ts';
import type { PricesSnapshot } from './prices/prices-snapshot.ts';
import type { IngestProblems } from './problems/ingest-problems.ts';

export interface AcceptOtlpParts {
  readonly pool: Pick<IngestPool, 'process'>;
  readonly journal: Pick<Journal, 'append'>;
  /** The current time in nanoseconds since 1970. Never returns the same value twice. */
  readonly now: () => bigint;
  readonly problems: Pick<IngestProblems, 'record'>;
  /** Maximum size of a body after decompression. */
  readonly maxBodyBytes: number;
  /** The prices that projects have set, as of now. */
  readonly prices?: () => PricesSnapshot | undefined;
  readonly onProcessed?: (processed: ProcessedRequest) => void;
}

/** A request that was decoded. If it had valid records, they are on disk. */
export interface ProcessedRequest {
  readonly kind: IngestTask['kind'];
  readonly accepted: number;
  readonly rejections: readonly Rejections[];
  /** Number of replacements by each redaction rule. */
  readonly redactions: Readonly<Record<string, number>>;
  /** Size of the body as received, compressed or not. */
  readonly bodyBytes: number;
  /** Queue time plus processing time. */
  readonly workMs: number;
}

/** Creates the function that handles a request: worker, journal, acknowledgement. */
export function createAcceptOtlp(
  parts: AcceptOtlpParts,
): (kind: IngestTask['kind'], request: OtlpRequest) => Promise<PartialSuccess | undefined> {
  return async (kind, request) => {
    const receivedUnixNano = parts.now();
    const { maxBodyBytes, problems } = parts;
    const { userAgent, group = '', reservation, ...sent } = request;
    // The body is transferred to the worker, so it is empty afterwards.
    const bodyBytes = request.decoded?.bytes ?? request.body.length;
    const began = performance.now();
    const prices = kind === 'otlp-traces' ? parts.prices?.() : undefined;
    const task = { kind, ...sent, receivedUnixNano, maxBodyBytes, ...(prices && { prices }) };
    const result = await parts.pool.process(task, group);
    const workMs = performance.now() - began;
    if (result.kind === 'failure') throw new ThroughlineError(result.code, result.message);
    const { accepted, rejections, warnings } = result;
    reservation?.becomeRows(result.batch.reduce((sum, { bytes }) => sum + bytes.length, 0));
    for (const { reason, project, count, example, subject, sdk } of [...rejections, ...warnings]) {
      const sample = { message: example, timeUnixNano: receivedUnixNano, name: subject, sdk, userAgent };
      problems.record({ project, signal: kind, reason, count, sample });
    }
    if (accepted > 0) await parts.journal.append(result.batch);
    for (const { bytes } of result.batch) freeMemory(bytes);
    parts.onProcessed?.({
      kind,
      accepted,
      rejections,
      redactions: result.redactions ?? {},
      bodyBytes,
      workMs,
    });
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

/** Formats a message such as `2 of 5 spans were rejected. 1: the trace id is missing. 1: …`. */
function rejectionMessage({ kind, accepted, rejected, rejections }: Ingested): string {
  const total = accepted + rejected;
  const [one, many] = NOUNS[kind];
  const counts = new Map<string, { count: number; readonly example: string }>();
  for (const { reason, count, example } of rejections) {
    const known = counts.get(reason);
    if (known) known.count += count;
    else counts.set(reason, { count, example });
  }
  const reasons = [...counts.values()].map(({ count, example }) => `${count}: ${example}.`);
  return `${rejected} of ${total} ${total === 1 ? `${one} was` : `${many} were`} rejected. ${reasons.join(' ')}`;
}
