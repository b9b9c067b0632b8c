import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { eventually } from '@throughline/tests/eventually';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { openChdbEngine } from '../clickhouse/chdb/chdb-engine.ts';
import type { Engine, LoadFile } from '../clickhouse/engine.ts';
import { Journal } from '../journal/journal.ts';
import type { Batch } from '../journal/segment.ts';
import type { SealedSegment } from '../journal/segment-files.ts';
import { type Loader, type LoaderParts, startLoader } from './loader.ts';

const TABLES = [
  { name: 'contents', structure: 'text String' },
  { name: 'facts', structure: 'text String' },
];

let dataDir: string;
let engine: Engine;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'throughline-loader-'));
  engine = await openChdbEngine({ dataDir });
  for (const { name } of TABLES)
    await engine.command(
      `CREATE TABLE ${name} (text String) ENGINE = MergeTree ORDER BY text
       SETTINGS non_replicated_deduplication_window = 100`,
    );
});
afterAll(async () => {
  await engine.close();
  await rm(dataDir, { recursive: true });
});

const loaders: Loader[] = [];
const journals: Journal[] = [];
afterEach(async () => {
  for (const journal of journals.splice(0)) await journal.close();
  for (const loader of loaders.splice(0)) await loader.stop();
  for (const { name } of TABLES) await engine.command(`TRUNCATE TABLE ${name}`);
});

/** Opens a journal in its own folder. */
async function openJournal(
  folder = join(dataDir, 'journals', crypto.randomUUID()),
  maxSegmentBytes = 1,
): Promise<Journal> {
  const journal = await Journal.open({ folder, tables: TABLES, maxBytes: 1 << 20, maxSegmentBytes });
  journals.push(journal);
  return journal;
}

function start(
  parts: Omit<LoaderParts, 'onWarning' | 'settler'> & Partial<Pick<LoaderParts, 'onWarning' | 'settler'>>,
): Loader {
  // The tables of these tests contain no traces.
  const settler = { settle: async () => {}, hurry: () => {} };
  const loader = startLoader({ onWarning: () => {}, settler, ...parts });
  loaders.push(loader);
  return loader;
}

/** A batch with the same row in both tables. */
function batch(text: string): Batch {
  const bytes = Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);
  return TABLES.map(() => ({ bytes, rows: 1, crc32: crc32(bytes) }));
}

const rowsOf = async (table: string): Promise<string[]> =>
  (await engine.query<{ text: string }>(`SELECT text FROM ${table} ORDER BY text`)).map(({ text }) => text);
const bothHave = (texts: string[]) =>
  eventually('the rows of both tables', async () => [
    await rowsOf('contents'),
    await rowsOf('facts'),
  ]).toEqual([texts, texts]);
const isEmpty = (journal: Journal) =>
  eventually('whether the journal is empty', () => journal.isEmpty).toBe(true);

const reading: Pick<Engine, 'query' | 'queryFile'> = {
  query: (...query) => engine.query(...query),
  queryFile: (...query) => engine.queryFile(...query),
};

/** An engine in which `fault` can make each load fail. */
function withFaults(fault: (file: LoadFile) => Promise<void> | void): LoaderParts['engine'] {
  return {
    ...reading,
    parallelLoads: 1,
    load: async (file) => {
      await fault(file);
      await engine.load(file);
    },
  };
}

describe('acknowledged rows', () => {
  test('become readable in every table and leave the journal', async () => {
    const journal = await openJournal();
    start({ journal, engine });
    for (const text of ['a', 'b', 'c']) await journal.append(batch(text));
    await bothHave(['a', 'b', 'c']);
    await isEmpty(journal);
  });

  test('rows of an earlier run are loaded at the start', async () => {
    const journal = await openJournal();
    await journal.append(batch('earlier'));
    start({ journal, engine });
    await bothHave(['earlier']);
  });

  test('are loaded with their content first, so that every span that is found has its content', async () => {
    const journal = await openJournal();
    const order: string[] = [];
    start({ journal, engine: withFaults(({ table }) => void order.push(table)) });
    await journal.append(batch('a'));
    await isEmpty(journal);
    expect(order).toEqual(['contents', 'facts']);
  });

  test('are loaded exactly once although the store fails repeatedly, even after half of them', async () => {
    const journal = await openJournal();
    const failures = ['contents', 'contents', 'facts', 'facts'];
    const warned = vi.fn();
    const loads: unknown[] = [];
    start({
      journal,
      onWarning: warned,
      onLoad: ({ table, rows, failed }) => loads.push([table, rows, failed]),
      engine: withFaults(({ table }) => {
        if (table === failures[0]) throw new Error(`no ${failures.shift()}`);
      }),
    });
    await journal.append(batch('a'));
    await bothHave(['a']);
    await isEmpty(journal);
    expect(warned).toHaveBeenCalledTimes(4);
    expect(loads).toEqual([
      ['contents', 1, true],
      ['contents', 1, true],
      ['contents', 1, false],
      ['facts', 1, true],
      ['contents', 1, false],
      ['facts', 1, true],
      ['contents', 1, false],
      ['facts', 1, false],
    ]);
  });

  test('are loaded exactly once although the response to a load was lost', async () => {
    const journal = await openJournal();
    let lost = 2;
    start({
      journal,
      engine: {
        ...reading,
        parallelLoads: 1,
        load: async (file) => {
          await engine.load(file);
          if (lost-- > 0) throw new Error('the answer was lost');
        },
      },
    });
    await journal.append(batch('a'));
    await isEmpty(journal);
    await bothHave(['a']);
  });

  test('a segment that fails to load does not delay the others', async () => {
    const journal = await openJournal();
    let bad: string | undefined;
    start({
      journal,
      engine: withFaults(({ path }) => {
        bad ??= path;
        if (path === bad) throw new Error('always');
      }),
    });
    for (const text of ['a', 'b', 'c']) await journal.append(batch(text));
    await bothHave(['b', 'c']);
    expect(journal.isEmpty).toBe(false);
  });

  test('after a segment that never loads are readable at once, and it is retried less and less often', async () => {
    const journal = await openJournal(undefined, 1 << 20);
    let bad: string | undefined;
    let attempts = 0;
    start({
      journal,
      engine: withFaults(({ path }) => {
        bad ??= path;
        if (path !== bad) return;
        attempts += 1;
        throw new Error('always');
      }),
    });
    await journal.append(batch('bad'));
    await eventually('the attempts', () => attempts).toBe(5);
    // The delay before the next attempt is now several seconds. The other segments do not wait for it: while five of them are
    // loaded one after another, the failing one is tried at most in each of its turns and once after the first load.
    const texts = ['a', 'b', 'c', 'd', 'e'];
    for (const text of texts) {
      await journal.append(batch(text));
      await eventually('the rows', () => rowsOf('facts')).toContain(text);
    }
    expect(attempts - 5).toBeLessThan(texts.length);
    expect(journal.isEmpty).toBe(false);
  });

  test('many segments are loaded in parallel, each exactly once', async () => {
    const journal = await openJournal();
    const texts = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    for (const text of texts) await journal.append(batch(text));
    let [running, most] = [0, 0];
    start({
      journal,
      engine: {
        ...reading,
        parallelLoads: 2,
        load: async (file) => {
          most = Math.max(most, ++running);
          await engine.load(file).finally(() => running--);
        },
      },
    });
    await isEmpty(journal);
    await bothHave(texts);
    expect(most).toBe(2);
  });

  test('are reported to listeners while the files exist, and an error of a listener stops nothing', async () => {
    const journal = await openJournal();
    const told: string[] = [];
    start({
      journal,
      engine,
      onLoaded: async ({ tables }: SealedSegment) => {
        told.push((await readFile(tables[1]?.path ?? '')).toString());
        throw new Error('nobody there');
      },
    });
    await journal.append(batch('a'));
    await isEmpty(journal);
    expect(told).toEqual(['\x01a']);
  });
});

describe('stopping', () => {
  test('loads the remaining rows', async () => {
    const journal = await openJournal();
    const loader = start({ journal, engine });
    const acknowledged = Promise.all(['a', 'b'].map((text) => journal.append(batch(text))));
    await acknowledged;
    await journal.close();
    await loader.stop();
    expect([await rowsOf('contents'), await rowsOf('facts')]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test('keeps rows that cannot be loaded for the next start', async () => {
    const folder = join(dataDir, 'journals', 'kept');
    const journal = await openJournal(folder);
    const loader = start({
      journal,
      engine: withFaults(() => {
        throw new Error('down');
      }),
    });
    await journal.append(batch('a'));
    await journal.close();
    await loader.stop();
    expect(
      (await openJournal(folder)).recovery.segments.map(({ tables }) => tables.map(({ rows }) => rows)),
    ).toEqual([[1, 1]]);
    // Otherwise the clean-up would try to load again.
    loaders.splice(0);
  });
});
