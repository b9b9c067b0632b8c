import { setTimeout as delay } from 'node:timers/promises';
import type { SpanKey } from './recent-spans.ts';

/** Where a span is. */
export type SpanPlace = Pick<SpanKey, 'project' | 'traceId'>;

export interface AwaitSpansParts {
  /** The spans whose parts arrived last. */
  readonly recent: { findBySpanId(spanId: string): SpanPlace | undefined };
  /** Looks for spans in the store, all of them at once. Those that are not there are left out. */
  readonly findStored: (
    spanIds: readonly string[],
  ) => Promise<readonly (SpanPlace & { readonly spanId: string })[]>;
  /** Aborts the wait. */
  readonly signal: AbortSignal;
  readonly maxWaitMs?: number;
}

/** SDKs send spans every quarter of a second and feedback at once, so feedback often arrives first. */
const MAX_WAIT_MS = 3_000;
const INTERVAL_MS = 50;

/**
 * The traces and projects of the spans that are in the store or arrive soon. There is one lookup and one wait of at most
 * three seconds, however many spans there are.
 *
 * @throws the reason of the signal, once it is aborted
 */
export async function awaitSpans(
  spanIds: readonly string[],
  { recent, findStored, signal, maxWaitMs = MAX_WAIT_MS }: AwaitSpansParts,
): Promise<Map<string, SpanPlace>> {
  const found = new Map<string, SpanPlace>();
  let missing = [...new Set(spanIds)];
  const takeRecent = () => {
    missing = missing.filter((spanId) => {
      const span = recent.findBySpanId(spanId);
      if (span) found.set(spanId, { project: span.project, traceId: span.traceId });
      return !span;
    });
  };
  takeRecent();
  if (missing.length === 0) return found;
  const deadline = performance.now() + maxWaitMs;
  for (const { spanId, ...place } of await unlessAborted(signal, findStored(missing)))
    found.set(spanId, place);
  missing = missing.filter((spanId) => !found.has(spanId));
  takeRecent();
  while (missing.length > 0 && performance.now() < deadline) {
    await delay(INTERVAL_MS, undefined, { signal });
    takeRecent();
  }
  signal.throwIfAborted();
  return found;
}

/** The result of work that goes on in the background if the signal is aborted, such as a lookup that waits for its turn. */
function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
  });
}
