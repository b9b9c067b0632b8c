import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from './engine.ts';
import { QueryError } from './query-error.ts';

/** A part of a table, which is a folder of files, whose rows cannot be read. */
export interface DamagedPart {
  readonly table: string;
  /** Name of its folder in ClickHouse: `broken-on-start_20785_3_3_1`. */
  readonly part: string;
  /** Day or month of the rows, or the id of the partition. */
  readonly partition: string;
  /** Undefined if it is unknown. */
  readonly rows: number | undefined;
  readonly bytes: number;
  readonly path: string;
  /** `detached`: set aside at the start, its rows are missing. `unreadable`: reads that touch it fail. */
  readonly state: 'detached' | 'unreadable';
  /** The reason that ClickHouse reports. */
  readonly reason: string;
}

type Reader = Pick<Engine, 'query'>;

/** Other detached parts contain no missing rows, or were detached on purpose. */
const BROKEN: readonly string[] = ['broken', 'broken-on-start', 'broken-from-backup'];

/** Parts that ClickHouse has set aside because it could not read them. */
export async function detachedParts(engine: Reader): Promise<DamagedPart[]> {
  const found = await engine.query<{
    table: string;
    part: string;
    partitionId: string | null;
    bytes: string;
    path: string;
    reason: string;
  }>(
    `SELECT table, name AS part, partition_id AS partitionId, bytes_on_disk AS bytes, path, reason
     FROM system.detached_parts WHERE database = currentDatabase() AND reason IN {reasons:Array(String)}
     ORDER BY table, name`,
    { reasons: BROKEN },
  );
  return Promise.all(
    found.map(async ({ partitionId, bytes, ...part }) => ({
      ...part,
      partition: partitionName(partitionId ?? ''),
      rows: await rowsOfFolder(part.path),
      bytes: Number(bytes),
      state: 'detached' as const,
    })),
  );
}

/** The part in whose files a read found damage; undefined if the error has another cause. */
export async function unreadablePart(engine: Reader, error: unknown): Promise<DamagedPart | undefined> {
  if (!(error instanceof QueryError) || !(error.cause instanceof Error)) return undefined;
  const [, path, uuid, part] = PART_PATH.exec(error.cause.message) ?? [];
  if (!path || !uuid || !part || !DAMAGE_CODES.has(error.clickhouseCode)) return undefined;
  const [found] = await engine.query<{ table: string; partitionId: string; rows: string; bytes: string }>(
    `SELECT table, partition_id AS partitionId, rows, bytes_on_disk AS bytes FROM system.parts
     WHERE database = currentDatabase() AND active AND name = {part:String} AND path LIKE {uuid:String}`,
    { part, uuid: `%${uuid}%` },
  );
  if (!found) return undefined;
  const reason = DAMAGE_CODES.get(error.clickhouseCode) ?? '';
  return unreadable({ ...found, part, path, reason });
}

/** Reads every part of every table and compares it with its checksums. Takes about as long as reading the files. */
export async function checkParts(engine: Reader): Promise<DamagedPart[]> {
  const tables = await engine.query<{ name: string }>(
    `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree' ORDER BY name`,
  );
  const damaged: DamagedPart[] = [];
  for (const { name: table } of tables) {
    const checked = await engine.query<{ part_path: string; is_passed: number; message: string }>(
      `CHECK TABLE \`${table}\` SETTINGS check_query_single_value_result = 0`,
      {},
      { maxSeconds: 3600, maxResultRows: 1_000_000 },
    );
    for (const { part_path: part, message } of checked.filter(({ is_passed }) => is_passed === 0)) {
      const [found] = await engine.query<{ partitionId: string; rows: string; bytes: string; path: string }>(
        `SELECT partition_id AS partitionId, rows, bytes_on_disk AS bytes, path FROM system.parts
         WHERE database = currentDatabase() AND table = {table:String} AND name = {part:String}`,
        { table, part },
      );
      if (found) damaged.push(unreadable({ ...found, table, part, reason: message }));
    }
  }
  return damaged;
}

interface ReadablePart {
  readonly table: string;
  readonly part: string;
  readonly partitionId: string;
  readonly rows: string;
  readonly bytes: string;
  readonly path: string;
  readonly reason: string;
}

function unreadable({ partitionId, rows, bytes, ...part }: ReadablePart): DamagedPart {
  return {
    ...part,
    partition: partitionName(partitionId),
    rows: Number(rows),
    bytes: Number(bytes),
    state: 'unreadable',
  };
}

/** `…/store/f30/f3017e77-bff1-420f-a964-0264f2619380/20786_2_2_1/data.bin` */
const PART_PATH = /(\S*\/store\/[0-9a-f]{3}\/([0-9a-f-]{36})\/(\w+))\//;

/** ClickHouse `ErrorCodes.cpp`: what a read of damaged files can fail with. */
const DAMAGE_CODES: ReadonlyMap<number | undefined, string> = new Map([
  [32, 'files end early'], // ATTEMPT_TO_READ_AFTER_EOF
  [33, 'files end early'], // CANNOT_READ_ALL_DATA
  [40, 'a checksum does not match'], // CHECKSUM_DOESNT_MATCH
  [107, 'a file is missing'], // FILE_DOESNT_EXIST
  [226, 'a file is missing'], // NO_FILE_IN_DATA_PART
  [228, 'a file has another size'], // BAD_SIZE_OF_FILE_IN_DATA_PART
  [246, 'files are damaged'], // CORRUPTED_DATA
  [271, 'files cannot be decompressed'], // CANNOT_DECOMPRESS
  [432, 'files are damaged'], // UNKNOWN_CODEC
]);

const DAY_MS = 86_400_000;

/** Partitions of days have the number of days since 1970 as their id. */
function partitionName(id: string): string {
  const days = Number(id);
  if (!/^\d{1,6}$/.test(id) || days > 110_000) return id;
  return new Date(days * DAY_MS).toISOString().slice(0, 10);
}

/** The number of rows of a part, according to its file on the disk of this machine. */
async function rowsOfFolder(path: string): Promise<number | undefined> {
  const text = await readFile(join(path, 'count.txt'), 'utf8').catch(() => '');
  return /^\d+$/.test(text.trim()) ? Number(text) : undefined;
}
