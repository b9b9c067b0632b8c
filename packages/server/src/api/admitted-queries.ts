import { setTimeout } from 'node:timers/promises';
import type { ReadAdmission } from '../admission/read-admission.ts';
import type { QueryLimits } from '../clickhouse/engine.ts';
import { ThroughlineError } from '../errors/errors.ts';

/** An export waits this long before it tries again, if there are too many other reads. */
const RETRY_MS = 1_000;

/**
 * Runs each query of a long response after its own admission, so that an export of an hour does not occupy the place of a
 * reader for an hour. If the server has too many reads, the export waits.
 */
export function admittedQueries(
  admission: ReadAdmission,
  group: string,
  limits: QueryLimits & { readonly signal: AbortSignal },
) {
  return async <Value>(query: (limits: QueryLimits) => Promise<Value>): Promise<Value> => {
    for (;;) {
      limits.signal.throwIfAborted();
      try {
        const reading = admission.enter(group);
        try {
          if (reading.admitted) await reading.admitted;
          return await query(limits);
        } finally {
          reading.leave();
        }
      } catch (error) {
        if (!(error instanceof ThroughlineError) || error.code !== 'overloaded') throw error;
        await setTimeout(RETRY_MS, undefined, { signal: limits.signal });
      }
    }
  };
}
