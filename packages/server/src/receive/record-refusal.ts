import type { IngestProblems } from '../ingest/problems/ingest-problems.ts';
import type { AnsweredRequest } from './answered-request.ts';

/** Counts a request that was refused as a whole; others are of no interest here. */
export function recordRefusal(
  problems: Pick<IngestProblems, 'record'>,
  { signal, error, project, userAgent }: AnsweredRequest,
  timeUnixNano: bigint,
): void {
  if (!error) return;
  const sample = { message: error.message, timeUnixNano, name: undefined, sdk: undefined, userAgent };
  problems.record({ project, signal, reason: error.code, count: 1, sample });
}
