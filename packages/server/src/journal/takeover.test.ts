/** Two journals on one folder, like two processes whose lock on the folder does not work. */
import { mkdtemp, readdir, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { pause } from '@throughline/tests/pause';
import fc from 'fast-check';
import { afterAll, afterEach, expect, test } from 'vitest';
import { Journal, type JournalOptions } from './journal.ts';
import type { Batch } from './segment.ts';
import { type SealedSegment, SegmentTakenError, trimSegment } from './segment-files.ts';

const TABLES = [
  { name: 'payloads', structure: 'a String' },
  { name: 'spans', structure: 'b String' },
];

const folders: string[] = [];
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-takeover-'));
  folders.push(folder);
  return folder;
}
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

function batch(text: string): Batch {
  return TABLES.map(({ name }) => {
    const bytes = Buffer.from(`${name}(${text})`);
    return { bytes, rows: 1, crc32: crc32(bytes) };
  });
}

interface Opened {
  readonly journal: Journal;
  /** Arguments of the calls of `onTaken`. */
  readonly taken: SegmentTakenError[];
}

const journals: Journal[] = [];
afterEach(() => Promise.all(journals.splice(0).map((journal) => journal.close())));

async function open(folder: string, change: Partial<JournalOptions> = {}): Promise<Opened> {
  const taken: SegmentTakenError[] = [];
  const journal = await Journal.open({
    folder,
    tables: TABLES,
    maxBytes: 1 << 30,
    onTaken: (error) => taken.push(error),
    onWarning: (message) => expect.fail(message),
    ...change,
  });
  journals.push(journal);
  return { journal, taken };
}

/** Texts of the rows that the store would get. */
async function textsOf(segments: readonly SealedSegment[], table: string): Promise<string[]> {
  const files = segments.flatMap(({ tables }) => tables.filter(({ name }) => name === table));
  const texts = await Promise.all(
    files.map(async ({ path, bytes }) => (await readFile(path)).subarray(0, bytes).toString()),
  );
  return texts.flatMap((text) => [...text.matchAll(/\(([^)]*)\)/g)].map(([, name = '']) => name));
}

test('the second journal has all acknowledged rows, and the first acknowledges no more', async () => {
  const folder = await temporaryFolder();
  const first = await open(folder);
  for (const name of ['1', '2']) await first.journal.append(batch(name));
  const second = await open(folder);
  expect(await textsOf(second.journal.recovery.segments, 'spans')).toEqual(['1', '2']);
  for (const name of ['3', '4'])
    await expect(first.journal.append(batch(name))).rejects.toMatchObject({
      code: 'journal-unavailable',
      message: 'another process has taken over the journal',
    });
  expect(first.taken).toEqual([expect.any(SegmentTakenError)]);
  await first.journal.close();

  // The second journal continues, and its files are unchanged.
  await second.journal.append(batch('5'));
  const third = await open(folder);
  expect(third.journal.recovery).toMatchObject({ truncatedBytes: 0, quarantinedBytes: 0 });
  for (const table of ['payloads', 'spans'])
    expect((await textsOf(third.journal.recovery.segments, table)).sort()).toEqual(['1', '2', '5']);
});

test('segments that wait to be loaded are also taken, and their first owner no longer changes the files', async () => {
  const folder = await temporaryFolder();
  const first = await open(folder);
  await first.journal.append(batch('1'));
  const mine = (await first.journal.takeSegment()) as SealedSegment;
  const second = await open(folder);
  await expect(trimSegment(mine)).rejects.toThrow(SegmentTakenError);
  await expect(first.journal.remove(mine)).rejects.toThrow(SegmentTakenError);
  first.journal.disown(mine, new SegmentTakenError(mine.name));
  expect([first.journal.isEmpty, first.taken.length]).toEqual([true, 1]);
  await expect(first.journal.append(batch('2'))).rejects.toMatchObject({ code: 'journal-unavailable' });
  const theirs = (await second.journal.takeSegment()) as SealedSegment;
  expect(await textsOf([theirs], 'spans')).toEqual(['1']);
  // Both have the same name, so if both processes loaded it, the store would treat that as one load.
  expect(theirs.name).toBe(mine.name);
  await second.journal.remove(theirs);
  expect(second.journal.isEmpty).toBe(true);
});

test('a process that lost its folder acknowledges nothing, even if no segment was taken', async () => {
  const folder = await temporaryFolder();
  let isMine = true;
  const { journal, taken } = await open(folder, { maxSegmentBytes: 1, isOwner: async () => isMine });
  await journal.append(batch('1'));
  isMine = false;
  await expect(journal.append(batch('2'))).rejects.toMatchObject({ code: 'journal-unavailable' });
  expect(taken.map(({ message }) => message)).toEqual(['another process uses the folder of the journal']);
});

test('after files were removed, nothing is acknowledged', async () => {
  for (const removed of ['the folder', 'a table file']) {
    const folder = await temporaryFolder();
    const { journal, taken } = await open(folder);
    await journal.append(batch('1'));
    const [segment] = (await readdir(folder)).filter((name) => name.endsWith('.spans.rb'));
    await rm(removed === 'the folder' ? folder : join(folder, segment as string), { recursive: true });
    await expect(journal.append(batch('2'))).rejects.toMatchObject({ code: 'journal-unavailable' });
    expect([removed, taken.length]).toEqual([removed, 1]);
    await journal.close();
  }
});

test('a table file that is too short is not extended with zeros', async () => {
  const folder = await temporaryFolder();
  const { journal } = await open(folder);
  await journal.append(batch('1'));
  const segment = (await journal.takeSegment()) as SealedSegment;
  const [{ path = '' } = {}] = segment.tables;
  await truncate(path, 3);
  await expect(trimSegment(segment)).rejects.toThrow('has 3 bytes, 11 were written');
  expect(await readFile(path, 'utf8')).toBe('pay');
});

test('rows that one of two journals acknowledged are found exactly once, at any moment of the takeover', async () => {
  const moment = fc.record({
    waitMs: fc.integer({ min: 0, max: 6 }),
    openers: fc.integer({ min: 1, max: 3 }),
    maxSegmentBytes: fc.constantFrom(1, 200, 1 << 20),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(moment, { minLength: 1, maxLength: 4 }), async (moments) => {
      const folder = await temporaryFolder();
      const acknowledged = new Set<string>();
      const warnings: string[] = [];
      let sent = 0;
      /** Sends requests to a journal until it stops acknowledging. */
      const sendTo = async ({ journal }: Opened): Promise<void> => {
        for (;;) {
          const name = String(sent++);
          try {
            await journal.append(batch(name));
            acknowledged.add(name);
          } catch {
            return;
          }
        }
      };
      const onWarning = (message: string) => warnings.push(message);
      const first = await open(folder, { onWarning });
      const all = [first];
      const senders = [sendTo(first), sendTo(first)];
      for (const { waitMs, openers, maxSegmentBytes } of moments) {
        await pause(waitMs);
        // If several journals open at once, some may fail, and the others share the segments.
        const attempts = Array.from({ length: openers }, () => open(folder, { maxSegmentBytes, onWarning }));
        const opened = (await Promise.allSettled(attempts)).flatMap((result) =>
          result.status === 'fulfilled' ? [result.value] : [],
        );
        all.push(...opened);
        senders.push(...opened.map(sendTo));
      }
      // Journals that lost no segment still own the rows that they acknowledged.
      for (const { journal } of all) await journal.close();
      await Promise.all(senders);
      const last = await open(folder, { onWarning });
      for (const table of ['payloads', 'spans']) {
        const found = await textsOf(last.journal.recovery.segments, table);
        expect(found.length).toBe(new Set(found).size);
        expect([...acknowledged].filter((name) => !found.includes(name))).toEqual([]);
      }
      // A record that was too late to be acknowledged does not count as damage.
      if (moments.every(({ openers }) => openers === 1)) expect(warnings).toEqual([]);
      await last.journal.close();
    }),
    { numRuns: 40 },
  );
});
