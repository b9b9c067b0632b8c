import { setTimeout as delay } from 'node:timers/promises';
import type { RecentSpans, SpanKey } from './recent-spans.ts';

export interface AwaitSpanParts {
  readonly recent: Pick<RecentSpans, 'findBySpanId'>;
  /** Looks for the span in the store. */
  readonly findStored: (spanId: string) => Promise<Pick<SpanKey, 'project' | 'traceId'> | undefined>;
}

/** SDKs send spans every quarter of a second and feedback at once, so feedback often arrives first. */
const MAX_WAIT_MS = 3_000;
const INTERVAL_MS = 50;

/** The trace and project of a span that is in the store or arrives within three seconds. */
export async function awaitSpan(
  spanId: string,
  { recent, findStored }: AwaitSpanParts,
): Promise<Pick<SpanKey, 'project' | 'traceId'> | undefined> {
  const stored = await findStored(spanId);
  if (stored) return stored;
  const deadline = performance.now() + MAX_WAIT_MS;
  while (performance.now() < deadline) {
    const found = recent.findBySpanId(spanId);
    if (found) return found;
    await delay(INTERVAL_MS);
  }
  return undefined;
}
