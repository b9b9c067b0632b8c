import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@throughline/tests/eventually';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, RowFile } from './engine.ts';
import { partitionGroups } from './partition-groups.ts';
import { QueryError } from './query-error.ts';
import { SESSION_SETTINGS } from './session-settings.ts';

const STRUCTURE = 'id UInt64, name String';

/** Encodes rows of `(id UInt64, name String)` as RowBinary. */
function encodeRows(rows: readonly (readonly [bigint, string])[]): Buffer {
  return Buffer.concat(
    rows.map(([id, name]) => {
      const text = Buffer.from(name);
      const row = Buffer.alloc(8 + 1 + text.length);
      row.writeBigUInt64LE(id);
      row.writeUInt8(text.length, 8);
      text.copy(row, 9);
      return row;
    }),
  );
}

async function reasonOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof QueryError) return error.reason;
    throw error;
  }
  return 'no error';
}

/** Runs for an hour, so a test that waits for its end exceeds its time limit. */
const ENDLESS = 'SELECT sleepEachRow(1) FROM numbers(3600) SETTINGS max_block_size = 1';

/** The tests that every `Engine` has to pass. `open` returns one on an empty database. */
export function describeEngine(name: string, open: () => Promise<Engine>): void {
  describe(`${name}, an engine`, () => {
    let engine: Engine;
    let folder: string;

    beforeAll(async () => {
      engine = await open();
      folder = await mkdtemp(join(tmpdir(), 'throughline-engine-'));
    });
    afterAll(async () => {
      await engine.close();
      await rm(folder, { recursive: true, force: true });
    });

    async function createTable(table: string): Promise<void> {
      await engine.command(
        `CREATE TABLE ${table} (id UInt64, name String) ENGINE = MergeTree ORDER BY id
         SETTINGS non_replicated_deduplication_window = 100`,
      );
    }
    async function fileOf(name: string, content: Uint8Array, structure = STRUCTURE): Promise<RowFile> {
      const path = join(folder, name);
      await writeFile(path, content);
      return { path, bytes: content.length, structure };
    }
    function segment(name: string, rows: readonly (readonly [bigint, string])[]): Promise<RowFile> {
      return fileOf(name, encodeRows(rows));
    }

    it('returns 64-bit integers and decimals as exact strings, and nulls as null', async () => {
      const rows = await engine.query(
        `SELECT 18446744073709551615 AS big, toDecimal64('1.000000000001', 12) AS money, NULL AS nothing,
                toDateTime64('2026-01-02 03:04:05.123456789', 9, 'UTC') AS at, true AS yes, 1.5 AS half`,
      );
      expect(rows).toEqual([
        {
          big: '18446744073709551615',
          money: '1.000000000001',
          nothing: null,
          at: '2026-01-02 03:04:05.123456789',
          yes: true,
          half: 1.5,
        },
      ]);
    });

    it('ends loads and writes that run at the same time, in any number', async () => {
      await createTable('beside');
      await createTable('copies');
      await engine.command('INSERT INTO copies SELECT number, toString(number) FROM numbers(5)');
      const numbers = Array.from({ length: 12 }, (_, index) => index);
      const files = await Promise.all(
        numbers.map((index) => segment(`beside${index}`, [[BigInt(index), 'loaded']])),
      );
      const load = (index: number) =>
        engine.load({ ...(files[index] as RowFile), table: 'beside', rows: 1, token: `beside${index}` });
      await load(0);
      const loads = numbers.slice(1).map(load);
      // The first loads have their sessions by now, so the writes have to wait for some.
      await new Promise((resolve) => setImmediate(resolve));
      const writes = numbers.map((index) =>
        engine.write('INSERT INTO beside SELECT id, {name:String} FROM copies', { name: `'${index}'` }),
      );
      await Promise.all([...loads, ...writes]);
      expect(
        await engine.query(
          "SELECT countIf(name = 'loaded') AS loaded, count() - loaded AS written, uniqExact(name) AS names FROM beside",
        ),
      ).toEqual([{ loaded: '12', written: '60', names: '13' }]);
    });

    it('returns the same result as JSON text', async () => {
      const sql = "SELECT number AS n, ']\\n[' AS text FROM numbers(3)";
      const json = Buffer.from(await engine.queryJson(sql)).toString();
      expect(JSON.parse(json)).toEqual(await engine.query(sql));
      expect(JSON.parse(Buffer.from(await engine.queryJson('SELECT 1 WHERE 0')).toString())).toEqual([]);
    });

    it('returns an empty list if there are no rows', async () => {
      expect(await engine.query('SELECT 1 WHERE 0')).toEqual([]);
    });

    it.each([
      ["'; DROP TABLE x; --"],
      ['\\'],
      ["\\'"],
      ["a'b\\'c\\\\"],
      ['{other:String}'],
      ['tab\t newline\n return\r backspace\b formfeed\f'],
      ['\\N'],
      ['NULL'],
      ['\\x41\\u0041\\0'],
      ['[]'],
      ['ünïcode 😀 漢字'],
      [''],
      ['a\0b'],
      ['x'.repeat(100_000)],
    ])('binds the hostile string %j exactly', async (text) => {
      const [row] = await engine.query<{ one: string; many: string[] }>(
        'SELECT {one:String} AS one, {many:Array(String)} AS many',
        { one: text, many: [text, 'x', text] },
      );
      expect(row).toEqual({ one: text, many: [text, 'x', text] });
    });

    it('binds any string exactly', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), async (many) => {
          const [row] = await engine.query<{ one: string; many: string[] }>(
            'SELECT {one:String} AS one, {many:Array(String)} AS many',
            { one: many[0] ?? '', many },
          );
          expect(row).toEqual({ one: many[0] ?? '', many });
        }),
        { numRuns: 100 },
      );
    });

    it('binds numbers, big integers, booleans and times', async () => {
      const [row] = await engine.query(
        `SELECT {n:Float64} AS n, {i:UInt64} AS i, {b:Bool} AS b, {t:DateTime64(9, 'UTC')} AS t`,
        { n: -1.5, i: 18446744073709551615n, b: true, t: '2026-01-02 03:04:05.000000001' },
      );
      expect(row).toEqual({
        n: -1.5,
        i: '18446744073709551615',
        b: true,
        t: '2026-01-02 03:04:05.000000001',
      });
    });

    it('binds texts and lists of any length', async () => {
      // Pieces of any even length start in the middle of a surrogate pair.
      const long = `x${"漢'\\\n😀".repeat(60_000)}`;
      const ids = Array.from({ length: 5_000 }, (_, index) => `${index}${"'\\".repeat(40)}`);
      const [row] = await engine.query<{ long: string; ids: string[]; found: string }>(
        'SELECT {long:String} AS long, {ids:Array(String)} AS ids, countIf({one:String} IN {ids:Array(String)}) AS found',
        { long, ids, one: ids[4_321] ?? '' },
      );
      expect(row).toEqual({ long, ids, found: '1' });
    });

    it('has the settings of all engines', async () => {
      const rows = await engine.query<{ name: string; value: string }>(
        'SELECT name, value FROM system.settings WHERE name IN {names:Array(String)}',
        { names: Object.keys(SESSION_SETTINGS) },
      );
      expect(Object.fromEntries(rows.map(({ name, value }) => [name, value]))).toEqual(SESSION_SETTINGS);
    });

    it('rejects a query whose parameter has no value, even if an earlier query set it', async () => {
      for (let lane = 0; lane < 8; lane += 1) await engine.query('SELECT {secret:String}', { secret: 'a' });
      await expect(engine.query('SELECT {secret:String}')).rejects.toThrow('{secret} has no value');
    });

    it('stops a query at its time limit', async () => {
      const slow = engine.query(
        'SELECT count() FROM numbers(1e12) WHERE NOT ignore(sipHash64(number))',
        {},
        { maxSeconds: 0.2 },
      );
      expect(await reasonOf(slow)).toBe('timeout');
    });

    it('stops a query at its memory limit', async () => {
      const large = engine.query(
        'SELECT length(groupArray(number)) AS n FROM numbers(10000000)',
        {},
        { maxMemoryBytes: 10_000_000 },
      );
      expect(await reasonOf(large)).toBe('memory');
    });

    it('rejects a result with too many rows, and returns one with exactly the limit', async () => {
      const limits = { maxResultRows: 10 };
      expect(await reasonOf(engine.query('SELECT number FROM numbers(11)', {}, limits))).toBe(
        'too-many-rows',
      );
      expect(await engine.query('SELECT number FROM numbers(10)', {}, limits)).toHaveLength(10);
    });

    it('has no SQL and no data in the message of an error, only in its cause', async () => {
      const failed = await engine
        .query('SELECT nonsense_column FROM system.one')
        .catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(QueryError);
      const error = failed as QueryError;
      expect(error.reason).toBe('other');
      expect(error.message).not.toContain('nonsense');
      expect(String(error.cause)).toContain('nonsense_column');
    });

    it('rejects at once when the signal is aborted, before or during the query', async () => {
      const gone = AbortSignal.abort();
      expect(await reasonOf(engine.query('SELECT 1', {}, { signal: gone }))).toBe('aborted');

      const controller = new AbortController();
      const slow = engine.query(ENDLESS, {}, { signal: controller.signal, maxSeconds: 3600 });
      setTimeout(() => controller.abort(), 50);
      expect(await reasonOf(slow)).toBe('aborted');
    });

    it('stops the work of aborted queries, so that they delay no other query', async () => {
      const controller = new AbortController();
      const many = Array.from({ length: 12 }, () =>
        reasonOf(engine.query(ENDLESS, {}, { signal: controller.signal, maxSeconds: 3600 })),
      );
      setTimeout(() => controller.abort(), 50);
      expect(new Set(await Promise.all(many))).toEqual(new Set(['aborted']));
      expect(await engine.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    });

    it('ends an aborted query in the store, even in the middle of a long block', async () => {
      const marker = `marker_${crypto.randomUUID().replaceAll('-', '')}`;
      const running = async () => {
        const [row] = await engine.query<{ n: string }>(
          'SELECT count() AS n FROM system.processes WHERE position(query, {marker:String}) > 0 AND query_id != queryID()',
          { marker },
        );
        return Number(row?.n);
      };
      const controller = new AbortController();
      const endless = [
        `SELECT count() AS ${marker} FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))`,
        `SELECT sleepEachRow(1) AS ${marker} FROM numbers(9) SETTINGS max_block_size = 100, function_sleep_max_microseconds_per_block = 0`,
      ].map((sql) => reasonOf(engine.query(sql, {}, { signal: controller.signal })));
      await eventually('the running queries', running).toBe(2);
      controller.abort();
      expect(await Promise.all(endless)).toEqual(['aborted', 'aborted']);
      await eventually('the running queries', running).toBe(0);
    });

    it('never returns rows of a failed query with the next result', async () => {
      const failing = Array.from({ length: 12 }, () =>
        reasonOf(
          engine.query(
            `SELECT number AS leaked, throwIf(number = 20000) FROM numbers(30000)
             SETTINGS max_block_size = 1000, max_threads = 1`,
          ),
        ),
      );
      expect(new Set(await Promise.all(failing))).toEqual(new Set(['other']));
      for (let index = 0; index < 12; index += 1) {
        expect(await engine.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      }
    });

    it('answers every other read correctly while hundreds of reads are aborted', async () => {
      const tooMuch = 'SELECT number, repeat(toString(number), 100) AS text FROM numbers(50000)';
      const aborted = async (index: number) => {
        const controller = new AbortController();
        const timer = setTimeout(() => controller.abort(), (index * 7) % 60);
        const reason = await reasonOf(engine.query(tooMuch, {}, { signal: controller.signal }));
        clearTimeout(timer);
        return reason;
      };
      const isOver = { yet: false };
      const others = Array.from({ length: 3 }, async (_, lane) => {
        for (let n = lane; !isOver.yet; n += 3)
          expect(await engine.query('SELECT {n:UInt64} AS n', { n })).toEqual([{ n: String(n) }]);
      });
      const reasons = await Promise.all(
        Array.from({ length: 4 }, async (_, lane) => {
          const mine: string[] = [];
          for (let index = lane; index < 300; index += 4) mine.push(await aborted(index));
          return mine;
        }),
      ).finally(() => {
        isOver.yet = true;
      });
      await Promise.all(others);
      for (const reason of new Set(reasons.flat())) expect(['aborted', 'no error']).toContain(reason);
      expect(reasons.flat().filter((reason) => reason === 'aborted').length).toBeGreaterThan(100);
    });

    it('does not allow a query to write', async () => {
      await createTable('read_only');
      expect(await reasonOf(engine.query("INSERT INTO read_only VALUES (1, 'x')"))).toBe('other');
      expect(await reasonOf(engine.query('DROP TABLE read_only'))).toBe('other');
      expect(await engine.query('SELECT count() AS n FROM read_only')).toEqual([{ n: '0' }]);
    });

    it('loads a segment, and replaying it inserts nothing', async () => {
      await createTable('loaded');
      const rows = await segment('loaded.rb', [
        [1n, 'a'],
        [18446744073709551615n, "b'\\"],
      ]);
      const file = { ...rows, table: 'loaded', rows: 2, token: 'seg-1.loaded' };
      for (let replay = 0; replay < 3; replay += 1) await engine.load(file);
      expect(await engine.query('SELECT id, name FROM loaded ORDER BY id')).toEqual([
        { id: '1', name: 'a' },
        { id: '18446744073709551615', name: "b'\\" },
      ]);
      await engine.load({ ...file, token: 'seg-2.loaded' });
      expect(await engine.query('SELECT count() AS n FROM loaded')).toEqual([{ n: '4' }]);
    });

    it('loads by column name, in any order and with columns that the file does not have', async () => {
      await engine.command(
        `CREATE TABLE widened (extra String DEFAULT 'later', name String, id UInt64)
         ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 100`,
      );
      const file = await segment('widened.rb', [[7n, 'seven']]);
      await engine.load({ ...file, table: 'widened', rows: 1, token: 'w' });
      expect(await engine.query('SELECT id, name, extra FROM widened')).toEqual([
        { id: '7', name: 'seven', extra: 'later' },
      ]);
    });

    it('rejects a load if the file has fewer or more rows than declared', async () => {
      await createTable('miscounted');
      const file = await segment('miscounted.rb', [
        [1n, 'a'],
        [2n, 'b'],
      ]);
      for (const rows of [1, 3]) {
        const load = engine.load({ ...file, table: 'miscounted', rows, token: `m${rows}` });
        expect(await reasonOf(load)).toBe('other');
      }
    });

    it('rejects a load if the file is missing or truncated', async () => {
      await createTable('torn');
      const torn = await fileOf('torn.rb', encodeRows([[1n, 'abcdef']]).subarray(0, 11));
      const load = { ...torn, table: 'torn', rows: 1, token: 't' };
      expect(await reasonOf(engine.load({ ...load, path: join(folder, 'none.rb') }))).toBe('other');
      expect(await reasonOf(engine.load(load))).toBe('other');
      expect(await engine.query('SELECT count() AS n FROM torn')).toEqual([{ n: '0' }]);
    });

    it('loads many blocks once, even if the first attempt ended in the middle of a row', async () => {
      await createTable('large');
      const rows = 2_500_000;
      const bytes = Buffer.alloc(rows * 9);
      for (let index = 0; index < rows; index += 1) bytes.writeUInt32LE(index, index * 9);
      const whole = await fileOf('large.rb', bytes);
      const torn = await fileOf('large-torn.rb', bytes.subarray(0, 2_300_000 * 9 + 4));
      const file = { ...whole, table: 'large', rows, token: 'large' };
      expect(await reasonOf(engine.load({ ...file, ...torn }))).toBe('other');
      for (let replay = 0; replay < 2; replay += 1) await engine.load(file);
      expect(await engine.query('SELECT count() AS n, uniqExact(id) AS ids FROM large')).toEqual([
        { n: String(rows), ids: String(rows) },
      ]);
    });

    it('rejects a load with too many partitions, and loads its groups once each', async () => {
      await engine.command(
        `CREATE TABLE spread (id UInt64, name String) ENGINE = MergeTree PARTITION BY intDiv(id, 2) ORDER BY id
         SETTINGS non_replicated_deduplication_window = 100`,
      );
      const rows = Array.from({ length: 80 }, (_, id) => [BigInt(id), `row ${id}`] as const);
      const file = { ...(await segment('spread.rb', rows)), table: 'spread', rows: 80, token: 'spread' };
      expect(await reasonOf(engine.load(file))).toBe('too-many-partitions');
      expect(await engine.query('SELECT count() AS n FROM spread')).toEqual([{ n: '0' }]);
      const groups = await partitionGroups(engine, 'spread', file);
      expect(groups.map(({ partitions, rows: count }) => [partitions.length, count])).toEqual([
        [16, 32],
        [16, 32],
        [8, 16],
      ]);
      for (const only of [...groups, ...groups])
        await engine.load({ ...file, token: `spread.${only.partitions[0]}`, only });
      expect(await engine.query('SELECT count() AS n, uniqExact(id) AS ids FROM spread')).toEqual([
        { n: '80', ids: '80' },
      ]);
    });

    it('ends a load when the signal is aborted, and loads it completely the next time', async () => {
      await engine.command(
        `CREATE TABLE left_alone (id UInt64, name String) ENGINE = MergeTree ORDER BY id
         SETTINGS non_replicated_deduplication_window = 100`,
      );
      const rows = await segment('left.rb', [
        [1n, 'a'],
        [2n, 'b'],
      ]);
      const file = { ...rows, table: 'left_alone', rows: 2, token: 'left' };
      expect(await reasonOf(engine.load(file, AbortSignal.abort()))).toBe('aborted');
      await engine.load(file);
      expect(await engine.query('SELECT count() AS n FROM left_alone')).toEqual([{ n: '2' }]);
    });

    it('loads a file whose column types have since changed in the table', async () => {
      await engine.command(
        `CREATE TABLE retyped (id UInt64, name LowCardinality(String), size UInt64) ENGINE = MergeTree ORDER BY id
         SETTINGS non_replicated_deduplication_window = 100`,
      );
      const content = Buffer.from([7, 0, 0, 0, 1, 120, 9]);
      const file = await fileOf('retyped.rb', content, 'id UInt32, name String, size UInt8');
      await engine.load({ ...file, table: 'retyped', rows: 1, token: 'retyped' });
      expect(await engine.query('SELECT * FROM retyped')).toEqual([{ id: '7', name: 'x', size: '9' }]);
    });

    it('reads a file as a table, with parameters and limits', async () => {
      const file = await segment('read.rb', [
        [1n, 'a\r\n--'],
        [2n, "b'"],
        [3n, 'c'],
      ]);
      const sql = 'SELECT id, name FROM segment WHERE id < {below:UInt64} ORDER BY id';
      expect(await engine.queryFile(file, sql, { below: 3 })).toEqual([
        { id: '1', name: 'a\r\n--' },
        { id: '2', name: "b'" },
      ]);
      expect(await engine.queryFile(file, sql, { below: 1 })).toEqual([]);
      expect(await reasonOf(engine.queryFile(file, sql, { below: 9 }, { maxResultRows: 2 }))).toBe(
        'too-many-rows',
      );
      expect(
        await reasonOf(engine.queryFile({ ...file, path: `${file.path}.none` }, sql, { below: 9 })),
      ).toBe('other');
      await expect(engine.queryFile(file, sql)).rejects.toThrow('{below} has no value');
    });

    it('does not mix up results during simultaneous writes, reads and failures', async () => {
      await createTable('stress');
      const loads = (async () => {
        for (let index = 0; index < 20; index += 1) {
          const file = await segment(`stress-${index}.rb`, [[BigInt(index), `row ${index}`]]);
          await engine.load({ ...file, table: 'stress', rows: 1, token: `s${index}` });
        }
      })();
      const reads = Array.from({ length: 300 }, async (_, index) => {
        const text = `value ${index}`;
        const rows = await engine.query<{ text: string; index: number }>(
          'SELECT {text:String} AS text, {index:UInt32} AS index, count() AS n FROM stress',
          { text, index },
        );
        expect(rows[0]).toMatchObject({ text, index });
      });
      const failures = Array.from({ length: 60 }, () =>
        reasonOf(engine.query('SELECT throwIf(number = 3) FROM numbers(10)')),
      );
      await Promise.all([loads, ...reads]);
      expect(new Set(await Promise.all(failures))).toEqual(new Set(['other']));
      expect(await engine.query('SELECT count() AS n, sum(id) AS total FROM stress')).toEqual([
        { n: '20', total: '190' },
      ]);
    }, 30_000);

    it('rejects with closed after closing, which stops running queries', async () => {
      await engine.query('SELECT 1');
      const slow = reasonOf(engine.query(ENDLESS, {}, { maxSeconds: 3600 }));
      await engine.query('SELECT 1');
      await engine.close();
      expect(await slow).toBe('aborted');
      expect(await reasonOf(engine.query('SELECT 1'))).toBe('closed');
      await engine.close();
      engine = await open();
    });
  });
}
