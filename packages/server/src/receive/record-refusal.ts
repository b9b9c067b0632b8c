import type { ErrorCode } from '../errors/errors.ts';
import type { IngestProblems } from '../ingest/problems/ingest-problems.ts';
import type { AnsweredRequest } from './answered-request.ts';

/** Errors of requests whose headers cannot be trusted, so they are not counted for a project. */
const UNTRUSTED: ReadonlySet<ErrorCode> = new Set(['forbidden', 'unauthorized']);

/** Counts a request that was rejected as a whole, and ignores other requests. */
export function recordRefusal(
  problems: Pick<IngestProblems, 'record'>,
  { signal, error, project, userAgent }: AnsweredRequest,
  timeUnixNano: bigint,
): void {
  if (!error) return;
  const sample = { message: error.message, timeUnixNano, name: undefined, sdk: undefined, userAgent };
  problems.record({
    project: UNTRUSTED.has(error.code) ? undefined : project,
    signal,
    reason: error.code,
    count: 1,
    sample,
  });
}
