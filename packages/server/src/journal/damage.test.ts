/** Damages a segment anywhere: intact rows are loaded once, the rest is set aside, and the journal still opens. */
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeHeader, recordBytes } from './commit-record.ts';
import { Journal } from './journal.ts';
import type { Batch } from './segment.ts';

const TABLES = [
  { name: 'payloads', structure: 'a String' },
  { name: 'spans', structure: 'b String' },
];
const RECORD = recordBytes(TABLES.length);

let root: string;
beforeAll(async () => {
  // Each of the two thousand cases writes and syncs some files, which is fast in a folder in memory.
  const memory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
  root = await mkdtemp(join(memory, 'throughline-damage-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A text such as `payloads(007…)`. Its length depends on the request. */
const textOf = (table: string, request: number): string =>
  `${table}(${String(request).padStart(3, '0')}${'.'.repeat(request % 5)})`;

function batchOf(request: number): Batch {
  return TABLES.map(({ name }) => {
    const bytes = Buffer.from(textOf(name, request));
    return { bytes, rows: 1, crc32: crc32(bytes) };
  });
}

interface Template {
  readonly folder: string;
  readonly name: string;
  readonly requests: number;
  readonly commits: Buffer;
  /** Offset of the first record. */
  readonly headerBytes: number;
}

/** Creates a segment as a killed process leaves it. */
async function makeTemplate(requests: number): Promise<Template> {
  const folder = await mkdtemp(join(root, 'template-'));
  const journal = await Journal.open({ folder, tables: TABLES, maxBytes: 1 << 30 });
  await Promise.all(Array.from({ length: requests }, (_, request) => journal.append(batchOf(request))));
  const segment = await journal.takeSegment();
  await journal.close();
  if (!segment) throw new Error('Expected a segment');
  const commits = await readFile(segment.commitsPath);
  return { folder, name: segment.name, requests, commits, headerBytes: decodeHeader(commits)?.size ?? 0 };
}

interface Found {
  /** Requests whose rows the store would load, in order, with repetitions. */
  readonly loaded: Readonly<Record<string, number[]>>;
  /** All text of a table that was set aside. */
  readonly aside: Readonly<Record<string, string>>;
  readonly quarantinedBytes: number;
  readonly truncatedBytes: number;
  readonly warnings: readonly string[];
}

let copies = 0;
/** Opens the journal on a damaged copy of the template. */
async function startOn(
  template: Template,
  file: '.commits' | '.payloads.rb' | '.spans.rb',
  damage: (bytes: Buffer) => Buffer,
): Promise<Found> {
  const folder = join(root, `copy-${copies++}`);
  await cp(template.folder, folder, { recursive: true });
  const path = join(folder, `${template.name}${file}`);
  await writeFile(path, damage(await readFile(path)));
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  const { recovery } = await Journal.open({ folder, tables: TABLES, maxBytes: 1 << 30, onWarning });

  // If this process were killed now, the next one would find the same segments and no damage.
  const again = await Journal.open({
    folder,
    tables: TABLES,
    maxBytes: 1 << 30,
    onWarning: (message) => expect.fail(message),
  });
  const { segments } = again.recovery;
  expect({ ...again.recovery, segments: segments.map(({ name }) => name) }).toEqual({
    segments: recovery.segments.map(({ name }) => name),
    truncatedBytes: 0,
    quarantinedBytes: 0,
  });
  const loaded: Record<string, number[]> = {};
  const aside: Record<string, string> = {};
  for (const { name } of TABLES) {
    const tables = segments.flatMap((segment) => segment.tables).filter((table) => table.name === name);
    const text = (await Promise.all(tables.map(({ path }) => readFile(path, 'utf8')))).join('');
    const found = [...text.matchAll(/\w+\((\d+)\.*\)/g)];
    // The file contains nothing else, and the numbers of rows and bytes are right.
    expect(found.map(([all]) => all).join('')).toBe(text);
    const told = tables.map(({ rows, bytes }) => [rows, bytes]);
    expect(told).toEqual(text === '' ? tables.map(() => [0, 0]) : [[found.length, Buffer.byteLength(text)]]);
    loaded[name] = found.map(([, request]) => Number(request));
    aside[name] = await asideOf(folder, name);
  }
  await rm(folder, { recursive: true });
  return { loaded, aside, warnings, ...recovery };
}

async function asideOf(folder: string, table: string): Promise<string> {
  const texts: string[] = [];
  for (const kind of ['quarantine', 'cut-tails']) {
    const names = await readdir(join(folder, kind)).catch(() => []);
    for (const name of names.filter((each) => each.includes(`.${table}.`)))
      texts.push(await readFile(join(folder, kind, name), 'utf8'));
  }
  return texts.join('\n');
}

/** Expects that every request is loaded once or set aside, and that undamaged requests are loaded. */
function expectKept(
  { requests }: Template,
  found: Found,
  { hit, garbled = [] }: { hit: readonly number[]; garbled?: readonly (readonly [string, number])[] },
): void {
  const all = Array.from({ length: requests }, (_, request) => request);
  for (const { name } of TABLES) {
    const loaded = found.loaded[name] ?? [];
    expect(loaded).toEqual([...new Set(loaded)].sort((a, b) => a - b));
    const missing = all.filter((request) => !loaded.includes(request));
    expect(missing.filter((request) => !hit.includes(request))).toEqual([]);
    for (const request of missing)
      if (!garbled.some(([table, each]) => table === name && each === request))
        expect(found.aside[name]).toContain(textOf(name, request));
  }
}

const flip = (at: number) => (bytes: Buffer) => {
  bytes[at] = (bytes[at] as number) ^ 0x10;
  return bytes;
};
const zero = (from: number, to: number) => (bytes: Buffer) => bytes.fill(0, from, Math.min(to, bytes.length));

describe('the commits file of five requests', () => {
  let five: Template;
  const all = [0, 1, 2, 3, 4];
  /** Requests whose records include these bytes; all of them if the header does. */
  const hitBy = (from: number, to: number) =>
    from < five.headerBytes
      ? all
      : all.filter((request) => {
          const at = five.headerBytes + request * RECORD;
          return at < to && from < at + RECORD;
        });
  beforeAll(async () => {
    five = await makeTemplate(5);
  });

  test('with a flipped bit at any offset', async () => {
    for (let at = 0; at < five.commits.length; at++) {
      const found = await startOn(five, '.commits', flip(at));
      expectKept(five, found, { hit: hitBy(at, at + 1) });
      expect(found.warnings).toHaveLength(1);
      expect(found.quarantinedBytes).toBeGreaterThan(0);
    }
  });

  test('with zeros of the length of a record at any offset', async () => {
    for (let at = 0; at < five.commits.length; at++) {
      const found = await startOn(five, '.commits', zero(at, at + RECORD));
      expectKept(five, found, { hit: hitBy(at, at + RECORD) });
      // Zeros up to the end of the file can be an interrupted write. Anywhere else they are damage.
      if (at < five.headerBytes + 4 * RECORD) expect(found.warnings).toHaveLength(1);
    }
    const last = five.headerBytes + 4 * RECORD;
    const found = await startOn(five, '.commits', zero(last, last + RECORD));
    expect(found.warnings).toEqual([]);
    expect(found.truncatedBytes).toBe(textOf('payloads', 4).length + textOf('spans', 4).length);
  });

  test('cut at any offset', async () => {
    for (let at = 0; at < five.commits.length; at++) {
      const found = await startOn(five, '.commits', (bytes) => bytes.subarray(0, at));
      expectKept(five, found, { hit: at < five.headerBytes ? all : hitBy(at, five.commits.length) });
    }
  });

  test('with bytes removed or inserted in the middle', async () => {
    for (let at = five.headerBytes; at <= five.commits.length; at++) {
      const less = await startOn(five, '.commits', (bytes) =>
        Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 7)]),
      );
      expectKept(five, less, { hit: hitBy(at, at + 7) });
      const more = await startOn(five, '.commits', (bytes) =>
        Buffer.concat([bytes.subarray(0, at), Buffer.from('strange'), bytes.subarray(at)]),
      );
      // A record that is complete on either side is not affected.
      expectKept(five, more, {
        hit: hitBy(at - 1, at).filter((request) => hitBy(at, at + 1).includes(request)),
      });
    }
  });

  test.each([0, 1, 2, 3, 4])(
    'with record %i repeated, in place of any other record or between any two',
    async (doubled) => {
      const recordAt = (request: number) => five.headerBytes + request * RECORD;
      for (const place of all) {
        const copy = five.commits.subarray(recordAt(doubled), recordAt(doubled) + RECORD);
        if (place !== doubled) {
          const instead = await startOn(five, '.commits', (bytes) => {
            copy.copy(bytes, recordAt(place));
            return bytes;
          });
          expectKept(five, instead, { hit: [place] });
          expect(instead.warnings).toHaveLength(1);
          expect(instead.quarantinedBytes).toBe(
            textOf('payloads', place).length + textOf('spans', place).length,
          );
        }
        const between = await startOn(five, '.commits', (bytes) =>
          Buffer.concat([bytes.subarray(0, recordAt(place)), copy, bytes.subarray(recordAt(place))]),
        );
        expectKept(five, between, { hit: [] });
        expect([between.warnings.length, between.quarantinedBytes]).toEqual([1, 0]);
      }
    },
  );

  test('no row is lost if the records are in a different order', async () => {
    const found = await startOn(five, '.commits', (bytes) => {
      const records = all.map((request) =>
        Buffer.from(
          bytes.subarray(five.headerBytes + request * RECORD, five.headerBytes + (request + 1) * RECORD),
        ),
      );
      return Buffer.concat([bytes.subarray(0, five.headerBytes), ...records.reverse()]);
    });
    expectKept(five, found, { hit: [] });
    expect(found.quarantinedBytes).toBe(0);
  });
});

test('any 4 KiB block of a long commits file can be zeros', async () => {
  const long = await makeTemplate(300);
  for (let from = 0; from < long.commits.length; from += 4096) {
    const found = await startOn(long, '.commits', zero(from, from + 4096));
    const hit = Array.from({ length: 300 }, (_, request) => request).filter((request) => {
      const at = long.headerBytes + request * RECORD;
      return from < long.headerBytes || (at < from + 4096 && from < at + RECORD);
    });
    expect(hit.length).toBeGreaterThan(0);
    expectKept(long, found, { hit });
  }
});

describe('a table file of five requests', () => {
  let five: Template;
  let ends: number[];
  let size: number;
  beforeAll(async () => {
    five = await makeTemplate(5);
    ends = [0, 1, 2, 3, 4].map((request) =>
      Array.from({ length: request + 1 }, (_, each) => textOf('spans', each).length).reduce((a, b) => a + b),
    );
    ({ size } = await stat(join(five.folder, `${five.name}.spans.rb`)));
    expect(ends.at(-1)).toBe(size);
  });
  const requestAt = (offset: number) => ends.findIndex((end) => offset < end);

  test('a flipped bit at any offset loses the rows of one request only', async () => {
    for (let at = 0; at < size; at++) {
      const hit = requestAt(at);
      const found = await startOn(five, '.spans.rb', flip(at));
      expectKept(five, found, { hit: [hit], garbled: [['spans', hit]] });
      expect(found.loaded.payloads).toEqual([0, 1, 2, 3, 4]);
      expect(found.quarantinedBytes).toBe(textOf('spans', hit).length);
    }
  });

  test('cut at any offset keeps the rows before it', async () => {
    for (let at = 0; at < size; at++) {
      const found = await startOn(five, '.spans.rb', (bytes) => bytes.subarray(0, at));
      const hit = [0, 1, 2, 3, 4].filter((request) => request >= requestAt(at));
      expectKept(five, found, { hit, garbled: hit.map((request) => ['spans', request] as const) });
      expect(found.loaded.payloads).toEqual([0, 1, 2, 3, 4]);
      expect(found.warnings).toHaveLength(1);
    }
  });
});
