import { QueryError } from '../query-error.ts';
import { ForeignRowsError } from './chdb-session.ts';

/**
 * Runs a read, and once more if it failed because of another statement: it got that statement's rows, or the KILL
 * that was meant for it. Both are gone with the session they belonged to. `isOver`: nobody waits for the answer, so it
 * was rightly killed.
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
