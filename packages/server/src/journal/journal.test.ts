import {
  type FileHandle,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { ThroughlineError } from '../errors/errors.ts';
import { decodeHeader, decodeRecord, encodeHeader, encodeRecord, recordBytes } from './commit-record.ts';
import { Journal, type JournalOptions } from './journal.ts';
import { JournalFolderError } from './journal-folder.ts';
import type { Batch } from './segment.ts';
import type { SealedSegment } from './segment-files.ts';

const TABLES = [
  { name: 'payloads', structure: 'a String' },
  { name: 'spans', structure: 'b String, c UInt8' },
];

const folders: string[] = [];
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-journal-'));
  folders.push(folder);
  return folder;
}
const journals: Journal[] = [];
afterEach(() => Promise.all(journals.splice(0).map((journal) => journal.close())));
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function openJournal(folder: string, change: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await Journal.open({ folder, tables: TABLES, maxBytes: 1 << 20, ...change });
  journals.push(journal);
  return journal;
}

/** A batch with one row in each table. */
function batch(text: string): Batch {
  return ['p', 's'].map((prefix) => {
    const bytes = Buffer.from(`${prefix}(${text})`);
    return { bytes, rows: 1, crc32: crc32(bytes) };
  });
}

/** The rows that the loader would read from each segment, and their declared number. */
async function contents(segments: readonly SealedSegment[]): Promise<{ rows: number[]; texts: string[] }[]> {
  return Promise.all(
    segments.map(async ({ tables }) => ({
      rows: tables.map(({ rows }) => rows),
      texts: await Promise.all(tables.map(async ({ path }) => (await readFile(path)).toString())),
    })),
  );
}

async function takeAll(journal: Journal): Promise<SealedSegment[]> {
  const taken: SealedSegment[] = [];
  for (let segment = await journal.takeSegment(); segment; segment = await journal.takeSegment())
    taken.push(segment);
  return taken;
}

/** While `run` runs, no file can be read at this offset, as if the disk had lost a sector. */
async function withUnreadable<Result>(offset: number, run: () => Promise<Result>): Promise<Result> {
  const handle = await open(process.execPath, 'r');
  const prototype: FileHandle = Object.getPrototypeOf(handle);
  await handle.close();
  const { read } = prototype;
  prototype.read = function failing(this: FileHandle, ...given: readonly unknown[]) {
    if (given[3] !== offset) return Reflect.apply(read, this, given);
    return Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }));
  } as FileHandle['read'];
  try {
    return await run();
  } finally {
    prototype.read = read;
  }
}

/** Opens the journal again, as after the process was killed. */
const reopened = (folder: string, change: Partial<JournalOptions> = {}) => openJournal(folder, change);

async function onlyFile(folder: string, suffix: string): Promise<string> {
  const found = (await readdir(folder)).filter((name) => name.endsWith(suffix));
  expect(found).toHaveLength(1);
  return join(folder, found[0] as string);
}

async function flipByte(path: string, at: number): Promise<void> {
  const bytes = await readFile(path);
  bytes[at] = (bytes[at] as number) ^ 0x01;
  await writeFile(path, bytes);
}

describe('appending rows and taking segments', () => {
  test('a segment has rows in the order of the tables, and is gone once it is removed', async () => {
    const folder = await temporaryFolder();
    const journal = await openJournal(folder);
    expect([await journal.takeSegment(), journal.isEmpty]).toEqual([undefined, true]);
    await journal.append(batch('1'));
    await journal.append(batch('2'));
    const [segment, ...others] = await takeAll(journal);
    expect(others).toEqual([]);
    expect(await contents([segment as SealedSegment])).toEqual([
      { rows: [2, 2], texts: ['p(1)p(2)', 's(1)s(2)'] },
    ]);
    expect(segment?.tables.map(({ structure }) => structure)).toEqual(['a String', 'b String, c UInt8']);
    expect(journal.isEmpty).toBe(false);
    await journal.remove(segment as SealedSegment);
    expect([journal.isEmpty, journal.sizeBytes, await readdir(folder)]).toEqual([true, 0, []]);
  });

  test('simultaneous requests never mix their rows', async () => {
    const folder = await temporaryFolder();
    const journal = await openJournal(folder);
    const names = Array.from({ length: 2_000 }, (_, index) => `${index}`);
    await Promise.all(names.map((name) => journal.append(batch(name))));
    const [found] = await contents(await takeAll(journal));
    expect(found?.rows).toEqual([2_000, 2_000]);
    expect(found?.texts[0]?.match(/\d+/g)?.sort()).toEqual(names.sort());
    expect(found?.texts[1]).toBe(found?.texts[0]?.replaceAll('p', 's'));
  });

  test('rows that are appended while a segment is taken go to a new segment', async () => {
    const journal = await openJournal(await temporaryFolder());
    await journal.append(batch('1'));
    const [first] = await Promise.all([
      journal.takeSegment(),
      journal.append(batch('2')),
      journal.append(batch('3')),
    ]);
    const second = await takeAll(journal);
    const texts = (await contents([first as SealedSegment, ...second])).map(({ texts: [text] }) => text);
    expect(texts.join('')).toBe('p(1)p(2)p(3)');
    expect(first?.name).not.toBe(second[0]?.name);
  });

  test('a new segment starts when one has reached its maximum size', async () => {
    const journal = await openJournal(await temporaryFolder(), { maxSegmentBytes: 1 });
    for (const name of ['1', '2', '3']) await journal.append(batch(name));
    const segments = await takeAll(journal);
    expect((await contents(segments)).map(({ texts: [text] }) => text)).toEqual(['p(1)', 'p(2)', 'p(3)']);
    expect(segments.map(({ name }) => name)).toEqual(segments.map(({ name }) => name).sort());
  });

  test('a segment that was put back is taken again after the others', async () => {
    const journal = await openJournal(await temporaryFolder(), { maxSegmentBytes: 1 });
    for (const name of ['1', '2']) await journal.append(batch(name));
    const [first, second] = await takeAll(journal);
    journal.putBack(second as SealedSegment);
    journal.putBack(first as SealedSegment);
    expect((await contents(await takeAll(journal))).map(({ texts: [text] }) => text)).toEqual([
      'p(2)',
      'p(1)',
    ]);
  });

  test('above the disk budget it rejects with journal-full, and accepts rows again once some are loaded', async () => {
    const journal = await openJournal(await temporaryFolder(), { maxBytes: 4_000 });
    const large = batch('x'.repeat(1_500));
    await journal.append(large);
    const refused = await journal.append(large).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ThroughlineError);
    expect(refused).toMatchObject({
      code: 'journal-full',
      status: 503,
      retryAfterSeconds: expect.toBeOneOf([2, 3]),
    });
    for (const segment of await takeAll(journal)) await journal.remove(segment);
    await journal.append(large);
    expect((await contents(await takeAll(journal)))[0]?.rows).toEqual([1, 1]);
  });

  test('the budget includes rows that wait for their fsync', async () => {
    const journal = await openJournal(await temporaryFolder(), { maxBytes: 10_000 });
    const answers = await Promise.allSettled(
      Array.from({ length: 20 }, () => journal.append(batch('x'.repeat(1_000)))),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
  });

  test('after closing it accepts no rows, and waiting rows are on disk', async () => {
    const folder = await temporaryFolder();
    const journal = await openJournal(folder);
    const waiting = Promise.all(['1', '2', '3'].map((name) => journal.append(batch(name))));
    await journal.close();
    await waiting;
    await expect(journal.append(batch('4'))).rejects.toMatchObject({ code: 'shutting-down' });
    const again = await reopened(folder);
    expect((await contents(await takeAll(again)))[0]?.texts[0]).toBe('p(1)p(2)p(3)');
  });

  test('the age of its oldest row is known until the row is loaded, even after a restart', async () => {
    const folder = await temporaryFolder();
    const before = Date.now();
    const journal = await openJournal(folder);
    expect(journal.oldestRowUnixMs).toBeUndefined();
    await journal.append(batch('1'));
    const oldest = journal.oldestRowUnixMs as number;
    expect(oldest).toBeGreaterThanOrEqual(before);
    expect(oldest).toBeLessThanOrEqual(Date.now());
    const [first] = await takeAll(journal);
    await journal.append(batch('2'));
    expect(journal.oldestRowUnixMs).toBe(oldest);
    await journal.close();
    const again = await reopened(folder);
    expect(again.oldestRowUnixMs).toBe(oldest);
    for (const segment of await takeAll(again)) await again.remove(segment);
    expect(again.oldestRowUnixMs).toBeUndefined();
    expect(first?.tables.map(({ rows }) => rows)).toEqual([1, 1]);
  });

  test('if the disk fails, nothing is acknowledged, earlier rows are kept, and the next request gets a new segment', async () => {
    const folder = await temporaryFolder();
    const warnings: string[] = [];
    const commits: unknown[] = [];
    const journal = await openJournal(folder, {
      onWarning: (message) => warnings.push(message),
      onCommit: ({ failed, requests, bytes }) => commits.push({ failed, requests, bytes }),
    });
    await journal.append(batch('1'));
    // A row count that does not fit into a UInt32 makes the commit record fail after the rows were written.
    const broken = batch('2').map((table) => ({ ...table, rows: -1 }));
    await expect(journal.append(broken)).rejects.toMatchObject({ code: 'journal-unavailable', status: 503 });
    await journal.append(batch('3'));
    expect(warnings).toEqual(['The journal could not be written.']);
    expect(commits).toEqual([false, true, false].map((failed) => ({ failed, requests: 1, bytes: 8 })));
    expect((await contents(await takeAll(journal))).map(({ texts: [text] }) => text)).toEqual([
      'p(1)',
      'p(3)',
    ]);
  });

  test('a folder that is not writable is a clear error', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    const bad = join(folder, 'file', 'journal');
    const failed = await openJournal(bad).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(JournalFolderError);
    expect(String(failed)).toContain(`The journal folder ${bad} cannot be written: ENOTDIR`);
  });
});

describe('opening the journal again', () => {
  test('finds every acknowledged row', async () => {
    const folder = await temporaryFolder();
    const journal = await openJournal(folder);
    await journal.append(batch('1'));
    await journal.takeSegment();
    await journal.append(batch('2'));
    const again = await reopened(folder);
    expect(again.recovery).toMatchObject({ truncatedBytes: 0, quarantinedBytes: 0 });
    expect((await contents(await takeAll(again))).map(({ texts: [text] }) => text)).toEqual(['p(1)', 'p(2)']);
  });

  test('keeps the columns with which a segment was written', async () => {
    const folder = await temporaryFolder();
    await (await openJournal(folder)).append(batch('1'));
    const again = await reopened(folder, { tables: [{ name: 'other', structure: 'z String' }] });
    const [segment] = await takeAll(again);
    expect(segment?.tables.map(({ name, structure }) => `${name}: ${structure}`)).toEqual([
      'payloads: a String',
      'spans: b String, c UInt8',
    ]);
  });

  test('cuts off uncommitted rows and sets them aside', async () => {
    const folder = await temporaryFolder();
    await (await openJournal(folder)).append(batch('1'));
    const path = await onlyFile(folder, '.spans.rb');
    await writeFile(path, 's(1)s(torn');
    const again = await reopened(folder);
    expect(again.recovery).toMatchObject({ truncatedBytes: 6, quarantinedBytes: 0 });
    expect((await contents(await takeAll(again)))[0]).toEqual({ rows: [1, 1], texts: ['p(1)', 's(1)'] });
    const [tail, commits, ...others] = (await readdir(join(folder, 'cut-tails'))).sort().reverse();
    expect((await readFile(join(folder, 'cut-tails', tail as string))).toString()).toBe('s(torn');
    expect([tail, commits, others]).toEqual([
      basename(path).replace('.rb', '.4.rb'),
      basename(path).replace('.spans.rb', '.commits'),
      [],
    ]);
  });

  test('a truncated commit record, or zeros instead of it, counts as not committed', async () => {
    const size = recordBytes(TABLES.length);
    for (const kept of [...Array(size).keys(), 'zeros'] as const) {
      const folder = await temporaryFolder();
      const journal = await openJournal(folder);
      await journal.append(batch('1'));
      await journal.append(batch('2'));
      const path = await onlyFile(folder, '.commits');
      const { size: full } = await stat(path);
      await truncate(path, full - size + (kept === 'zeros' ? 0 : kept));
      if (kept === 'zeros') await truncate(path, full);
      const again = await reopened(folder);
      expect(again.recovery).toMatchObject({ truncatedBytes: 8, quarantinedBytes: 0 });
      expect((await contents(await takeAll(again)))[0]).toEqual({ rows: [1, 1], texts: ['p(1)', 's(1)'] });
    }
  });

  test('a flipped bit in the rows loses that request in that table, and its bytes go to quarantine', async () => {
    const folder = await temporaryFolder();
    const journal = await openJournal(folder);
    for (const name of ['1', '2', '3']) await journal.append(batch(name));
    const path = await onlyFile(folder, '.spans.rb');
    await flipByte(path, 6);
    const warnings: string[] = [];
    const again = await reopened(folder, { onWarning: (message) => warnings.push(message) });
    expect(again.recovery.quarantinedBytes).toBe(4);
    expect(warnings[0]).toMatch(
      / is damaged \(bytes 4 to 8 of .*\.spans\.rb\)\. Its intact rows are loaded, and the rest is set aside\.$/,
    );
    expect((await contents(await takeAll(again)))[0]).toEqual({
      rows: [3, 2],
      texts: ['p(1)p(2)p(3)', 's(1)s(3)'],
    });
    const [rows, commits, ...others] = (await readdir(join(folder, 'quarantine'))).sort().reverse();
    expect((await readFile(join(folder, 'quarantine', rows as string))).toString()).toBe('s(3)');
    expect([commits, others]).toEqual([`${basename(path, '.spans.rb')}.commits`, []]);
  });

  test('a flipped bit in a commit record loses that request, but not later ones', async () => {
    const folder = await temporaryFolder();
    const journal = await openJournal(folder);
    for (const name of ['1', '2', '3']) await journal.append(batch(name));
    const path = await onlyFile(folder, '.commits');
    await flipByte(path, (await stat(path)).size - recordBytes(TABLES.length) * 2 + 9);
    const again = await reopened(folder);
    expect(again.recovery.quarantinedBytes).toBe(8);
    expect((await contents(await takeAll(again)))[0]).toEqual({
      rows: [2, 2],
      texts: ['p(1)p(3)', 's(1)s(3)'],
    });
  });

  test('bytes that the disk cannot read lose their request, and their file is kept unchanged', async () => {
    const folder = await temporaryFolder();
    const journal = await openJournal(folder);
    for (const name of ['1', '2', '3']) await journal.append(batch(name));
    const path = await onlyFile(folder, '.spans.rb');
    const again = await withUnreadable(4, () => reopened(folder));
    // The second request is at this offset in both tables.
    expect(again.recovery.quarantinedBytes).toBe(8);
    expect((await contents(await takeAll(again)))[0]).toEqual({
      rows: [2, 2],
      texts: ['p(1)p(3)', 's(1)s(3)'],
    });
    const kept = await readFile(join(folder, 'quarantine', basename(path)));
    expect(kept.toString()).toBe('s(1)s(2)s(3)');
  });

  test('a segment without a readable header goes to quarantine as a whole, and the others are kept', async () => {
    const folder = await temporaryFolder();
    const journal = await openJournal(folder, { maxSegmentBytes: 1 });
    for (const name of ['1', '2']) await journal.append(batch(name));
    const [first] = (await readdir(folder)).filter((name) => name.endsWith('.commits')).sort();
    await flipByte(join(folder, first as string), 20);
    const again = await reopened(folder);
    expect(again.recovery.quarantinedBytes).toBe(8);
    expect((await contents(await takeAll(again))).map(({ texts: [text] }) => text)).toEqual(['p(2)']);
    expect(await readdir(join(folder, 'quarantine'))).toHaveLength(3);
  });

  test('a table file that is missing or too short loses only its own rows', async () => {
    for (const damage of ['missing', 'short'] as const) {
      const folder = await temporaryFolder();
      const journal = await openJournal(folder);
      for (const name of ['1', '2']) await journal.append(batch(name));
      const path = await onlyFile(folder, '.payloads.rb');
      await (damage === 'missing' ? rm(path) : truncate(path, 5));
      const again = await reopened(folder);
      expect((await contents(await takeAll(again)))[0]).toEqual(
        damage === 'missing'
          ? { rows: [0, 2], texts: ['', 's(1)s(2)'] }
          : { rows: [1, 2], texts: ['p(1)', 's(1)s(2)'] },
      );
    }
  });

  test('an interrupted removal of loaded rows is completed', async () => {
    const folder = await temporaryFolder();
    await (await openJournal(folder)).append(batch('1'));
    const commits = await onlyFile(folder, '.commits');
    await rename(commits, commits.replace('.commits', '.loaded'));
    const again = await reopened(folder);
    expect([again.isEmpty, await readdir(folder)]).toEqual([true, []]);
  });

  test('rows without a commits file are set aside', async () => {
    const folder = await temporaryFolder();
    await (await openJournal(folder)).append(batch('1'));
    await rm(await onlyFile(folder, '.commits'));
    const again = await reopened(folder);
    expect([again.isEmpty, again.recovery.quarantinedBytes]).toEqual([true, 8]);
    expect(await readdir(join(folder, 'quarantine'))).toHaveLength(2);
  });

  test('a segment without rows leaves no files', async () => {
    const folder = await temporaryFolder();
    for (const header of [Buffer.alloc(0), encodeHeader(TABLES)]) {
      for (const name of ['x.payloads.rb', 'x.spans.rb']) await writeFile(join(folder, name), '');
      await writeFile(join(folder, 'x.commits'), header);
      const again = await reopened(folder);
      expect([again.isEmpty, again.recovery.quarantinedBytes, await readdir(folder)]).toEqual([true, 0, []]);
    }
  });

  test('damage at any position never affects other requests, and never yields rows that were not written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('.commits', '.payloads.rb', '.spans.rb'),
        fc.nat(),
        fc.boolean(),
        async (suffix, at, cut) => {
          const folder = await temporaryFolder();
          const journal = await openJournal(folder);
          for (const name of ['1', '2', '3']) await journal.append(batch(name));
          const path = await onlyFile(folder, suffix);
          const { size } = await stat(path);
          await (cut ? truncate(path, at % size) : flipByte(path, at % size));
          const again = await reopened(folder);
          const [found] = await contents(await takeAll(again));
          const rows = [
            ...(found?.texts[0]?.match(/p\(\d\)/g) ?? []),
            ...(found?.texts[1]?.match(/s\(\d\)/g) ?? []),
          ];
          expect(rows.join('')).toBe(found?.texts.join('') ?? '');
          if (!cut && suffix !== '.commits') expect(rows).toHaveLength(5);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test('headers and records are decoded unchanged, and a flipped bit is detected', () => {
  expect(decodeHeader(Buffer.concat([encodeHeader(TABLES), Buffer.from('rest')]))?.tables).toEqual(TABLES);
  const uint32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  const range = fc.record({ offset: fc.maxSafeNat(), bytes: fc.maxSafeNat(), rows: uint32, crc32: uint32 });
  fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 3 }), fc.nat(), (record, bit) => {
      const bytes = encodeRecord(record);
      expect(bytes.length).toBe(recordBytes(record.length));
      expect(decodeRecord(bytes)).toEqual(record);
      const at = Math.floor(bit / 8) % bytes.length;
      bytes[at] = (bytes[at] as number) ^ (1 << (bit % 8));
      expect(decodeRecord(bytes)).toBeUndefined();
    }),
  );
});
