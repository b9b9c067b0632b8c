import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChdbSession, ForeignRowsError } from './chdb-session.ts';

const FAILS_LATE = `SELECT number AS leaked, throwIf(number = 20000) FROM numbers(30000)
  SETTINGS max_block_size = 1000, max_threads = 1`;
const ARRAYS = { connectionArgs: ['--output_format_json_array_of_rows=1'] };

let folder: string;
let session: ChdbSession;
const open = () => new Session(folder, ARRAYS);
const rows = async (sql: string) => JSON.parse(Buffer.from(await session.run(sql)).toString()) as unknown;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-session-'));
  session = new ChdbSession(open, 'mine');
  await session.run('CREATE DATABASE mine');
  await session.use();
});
afterAll(async () => {
  session.close();
  await rm(folder, { recursive: true, force: true });
});

describe('an embedded session', () => {
  it('returns no rows of a failed statement with the next result, and keeps its database', async () => {
    await session.run('CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n');
    await session.run('INSERT INTO t VALUES (7)');
    for (let count = 0; count < 5; count++) {
      await expect(session.run(FAILS_LATE)).rejects.toMatchObject({ reason: 'other', clickhouseCode: 395 });
      expect(await rows('SELECT n FROM t')).toEqual([{ n: 7 }]);
    }
  });

  it('rejects a result with rows of another statement, and returns correct results afterwards', async () => {
    const dirty = open();
    await dirty.queryAsync(FAILS_LATE, { format: 'JSONEachRow' }).catch(() => {});
    const sessions = [dirty];
    const reused = new ChdbSession(() => sessions.pop() ?? open());
    const failed = await reused.run('SELECT 1 AS one').catch((error: unknown) => error);
    expect((failed as Error).cause).toBeInstanceOf(ForeignRowsError);
    expect(Buffer.from(await reused.run('SELECT 2 AS two')).toString()).toBe('[\n{"two":2}\n]\n');
    reused.close();
  });
});
