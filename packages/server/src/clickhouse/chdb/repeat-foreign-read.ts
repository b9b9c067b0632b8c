import { QueryError } from '../query-error.ts';
import { ForeignRowsError } from './chdb-session.ts';

/**
 * Runs a read, and repeats it once if it failed because of another statement: it got the rows of that statement, or the
 * KILL that was meant for it. The session that caused this has been replaced by then. `isOver` returns true if the result
 * is no longer needed, so that the KILL was justified.
 */
export async function repeatForeignRead<Answer>(
  read: () => Promise<Answer>,
  isOver: () => boolean,
): Promise<Answer> {
  try {
    return await read();
  } catch (error) {
    if (isOver() || !isForeign(error)) throw error;
    return read();
  }
}

function isForeign(error: unknown): boolean {
  if (!(error instanceof QueryError)) return false;
  return error.reason === 'aborted' || error.cause instanceof ForeignRowsError;
}
