import { describe, expect, it } from 'vitest';
import { QueryError } from '../query-error.ts';
import { ForeignRowsError } from './chdb-session.ts';
import { repeatForeignRead } from './repeat-foreign-read.ts';

const foreignRows = new QueryError('other', { cause: new ForeignRowsError() });
const killed = new QueryError('aborted');

/** Returns a read that fails with each error in turn, and then returns the number of its runs. */
function failing(...errors: readonly Error[]): () => Promise<number> {
  let runs = 0;
  return async () => {
    const error = errors[runs++];
    if (error) throw error;
    return runs;
  };
}

describe('a read that fails because of another statement', () => {
  it.each([
    ['it got rows of another statement', foreignRows],
    ['it was killed instead of another statement', killed],
  ])('is repeated: %s', async (_why, error) => {
    expect(await repeatForeignRead(failing(error), () => false)).toBe(2);
  });

  it('is repeated only once', async () => {
    await expect(repeatForeignRead(failing(foreignRows, foreignRows), () => false)).rejects.toBe(foreignRows);
  });

  it('is not repeated if its result is no longer needed', async () => {
    await expect(repeatForeignRead(failing(killed), () => true)).rejects.toBe(killed);
  });

  it('is not repeated if it failed for its own reasons', async () => {
    const own = new QueryError('timeout');
    await expect(repeatForeignRead(failing(own), () => false)).rejects.toBe(own);
  });
});
