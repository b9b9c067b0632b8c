import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { queryErrorOf } from '../clickhouse/query-error.ts';
import { logProblem } from './log-problem.ts';

/** The lines that are logged at this level, without the fields that every line has. */
function logged(level: string, error: unknown, fields?: Record<string, unknown>): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  const log = pino(
    { level, base: null, timestamp: false },
    { write: (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  logProblem(log, 'The segment 1-a could not be loaded.', error, fields);
  return lines;
}

const storeFailure = () =>
  queryErrorOf(
    new Error(
      `Code: 241. DB::Exception: (total) memory limit exceeded: would use 1.50 GiB\n` +
        `In scope INSERT INTO payloads (project, input) SELECT … (MEMORY_LIMIT_EXCEEDED)`,
    ),
  );

describe('a failure in the log', () => {
  it('is one line with the code of the store and the message of the innermost cause, without the statement', () => {
    expect(logged('info', new Error('outer', { cause: storeFailure() }))).toEqual([
      {
        level: 50,
        code: 241,
        reason: 'Code: 241. DB::Exception: (total) memory limit exceeded: would use 1.50 GiB',
        msg: 'The segment 1-a could not be loaded.',
      },
    ]);
  });

  it('has the error code of the system', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(logged('info', full, { store: 'x' })).toEqual([
      {
        level: 50,
        store: 'x',
        code: 'ENOSPC',
        reason: 'ENOSPC: no space left on device, write',
        msg: 'The segment 1-a could not be loaded.',
      },
    ]);
  });

  it('is short for long messages, and for any value that was thrown', () => {
    expect(logged('info', new Error('x'.repeat(10_000)))[0]?.reason).toBe(`${'x'.repeat(300)}…`);
    expect(logged('info', 'a text')[0]).toMatchObject({ reason: 'a text' });
    const own = new Error('circle');
    own.cause = own;
    expect(logged('info', own)[0]).toMatchObject({ reason: 'circle' });
    expect(logged('info', undefined)).toEqual([{ level: 50, msg: 'The segment 1-a could not be loaded.' }]);
  });

  it('is logged in full at the level debug', () => {
    const [brief, full] = logged('debug', storeFailure());
    expect(brief).not.toHaveProperty('err');
    expect(full).toMatchObject({
      level: 20,
      err: { type: 'QueryError', stack: expect.stringContaining('INSERT INTO payloads') },
    });
  });
});
