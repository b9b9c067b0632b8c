/**
 * ClickHouse inside this process (chDB).
 *
 * Several sessions on one data folder run in parallel, but a session can run only one operation at a time. So each
 * statement holds a session from start to end. Some sessions write; the others read and cannot write.
 *
 * Parameters go through `SET param_x = …` in front of the query. The package's own `queryBindAsync` would let only
 * one parameterised query of the whole process run at a time; `SET` belongs to the session (verified by a stress
 * of 1,500 queries on three sessions).
 */
import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { drainPending, Session } from 'chdb';
import { StartupError } from '../../errors/startup-error.ts';
import type { Engine, LoadFile, QueryLimits, QueryParameters, RowFile } from '../engine.ts';
import { columnNames, fileTable, loadStatement } from '../load-statement.ts';
import { parameterSettings, quoteString } from '../parameters.ts';
import { QueryError, queryErrorOf } from '../query-error.ts';
import { SessionPool } from '../session-pool.ts';
import { limitSettings, SESSION_SETTINGS } from '../session-settings.ts';
import { chdbConfig, defaultMemoryBytes } from './chdb-config.ts';
import { InsertedRows } from './inserted-rows.ts';
import { lowerMergePriority } from './merge-priority.ts';

const DATABASE = 'throughline';
const READERS = 3;
/** A load keeps one processor busy. */
const PARALLEL_LOADS = Math.min(4, Math.max(2, Math.floor(availableParallelism() / 2)));
const MAX_WAITING = 1_000;

export interface ChdbEngineOptions {
  /** Holds `clickhouse/` and the generated `clickhouse.xml`; created if missing. */
  readonly dataDir: string;
  /** Of all statements and background merges together. Default: half of the machine, at most 8 GiB. */
  readonly memoryBytes?: number;
}

/** The data folder cannot be opened; the message says why in words for the person who started the server. */
export class DataFolderError extends StartupError {
  override readonly name = 'DataFolderError';
}

export async function openChdbEngine(options: ChdbEngineOptions): Promise<Engine> {
  const path = join(options.dataDir, 'clickhouse');
  const configPath = join(options.dataDir, 'clickhouse.xml');
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    await writeFile(configPath, chdbConfig(options.memoryBytes ?? defaultMemoryBytes()));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DataFolderError(`The data folder ${options.dataDir} cannot be written: ${reason}`, {
      cause: error,
    });
  }

  const sessions: Session[] = [];
  const open = (...extra: string[]): Session => {
    const connectionArgs = [
      `--config-file=${configPath}`,
      ...Object.entries(SESSION_SETTINGS).map(([name, value]) => `--${name}=${value}`),
      ...extra,
    ];
    const session = new Session(path, { connectionArgs });
    sessions.push(session);
    return session;
  };
  try {
    const writers = Array.from({ length: PARALLEL_LOADS }, () => open());
    for (const writer of writers)
      await writer.queryAsync(`CREATE DATABASE IF NOT EXISTS ${DATABASE} ENGINE = Atomic; USE ${DATABASE}`);
    const [controller, lastController] = [open(), open()];
    const readers = Array.from({ length: READERS }, () => open('--readonly=2'));
    await Promise.all(readers.map((reader) => reader.queryAsync(`USE ${DATABASE}`)));
    return new ChdbEngine(writers, readers, controller, lastController);
  } catch (error) {
    for (const session of sessions) session.close();
    throw await openError(error, path, options.dataDir);
  }
}

/** The library tells the reason only on stderr, so it is found again here. */
async function openError(error: unknown, path: string, dataDir: string): Promise<Error> {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('only one active data directory')) {
    return new DataFolderError('This process has another data folder open already; close it first.', {
      cause: error,
    });
  }
  const status = await readFile(join(path, 'status'), 'utf8').catch(() => '');
  const pid = Number(/^PID: (\d+)/m.exec(status)?.[1]);
  if (pid > 0 && pid !== process.pid) {
    return new DataFolderError(
      `The data folder ${dataDir} is in use by another Throughline (process ${pid}). ` +
        'Stop that one, or start this one with another --data.',
      { cause: error },
    );
  }
  return new DataFolderError(
    `The data folder ${dataDir} could not be opened; the store's own words stand above. ` +
      'If a Throughline in another container uses it, stop that one.',
    { cause: error },
  );
}

class ChdbEngine implements Engine {
  readonly parallelLoads = PARALLEL_LOADS;
  readonly #writers: SessionPool<Session>;
  readonly #readers: SessionPool<Session>;
  /** Only ever kills queries: it must be free when all sessions are busy. */
  readonly #controllers: SessionPool<Session>;
  readonly #sessions: readonly Session[];
  readonly #running = new Set<string>();
  readonly #onExit: () => void;
  readonly #inserted = new InsertedRows(() => this.#insertedRows());
  #mergesLowered: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  /** `lastController` is for the moment when the process exits, when nothing can be waited for. */
  constructor(
    writers: readonly Session[],
    readers: readonly Session[],
    controller: Session,
    lastController: Session,
  ) {
    this.#writers = new SessionPool(writers, MAX_WAITING);
    this.#readers = new SessionPool(readers, MAX_WAITING);
    this.#controllers = new SessionPool([controller], MAX_WAITING);
    this.#sessions = [...writers, ...readers, controller, lastController];
    this.#onExit = () => {
      if (this.#running.size > 0) lastController.query(killStatement([...this.#running]));
    };
    // The library waits for its threads when the process exits; a long query would hold it.
    process.prependListener('exit', this.#onExit);
  }

  async query<Row>(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Row[]> {
    return JSON.parse(Buffer.from(await this.queryJson(sql, parameters, limits)).toString()) as Row[];
  }

  async queryJson(
    sql: string,
    parameters: QueryParameters = {},
    limits: QueryLimits = {},
  ): Promise<Uint8Array> {
    const settings = [
      ...Object.entries(limitSettings(limits)).map(([name, value]) => `${name} = ${quoteString(value)}`),
      ...parameterSettings(sql, parameters),
    ];
    return oneArray(await this.#run(this.#readers, settings, sql, limits.signal));
  }

  queryFile<Row>(
    file: RowFile,
    sql: string,
    parameters?: QueryParameters,
    limits?: QueryLimits,
  ): Promise<Row[]> {
    const table = fileTable(file.path, file.structure);
    return this.query(`WITH segment AS (SELECT * FROM ${table}) ${sql}`, parameters, limits);
  }

  async command(sql: string): Promise<void> {
    await this.#run(this.#writers, [], sql);
  }

  async load(file: LoadFile): Promise<void> {
    // The threads begin with the first table, so at the first load they are there.
    this.#mergesLowered ??= lowerMergePriority();
    await this.#mergesLowered;
    const writer = await this.#writers.acquire();
    try {
      // The counter counts what was offered to the table, so a replay counts in full too.
      await this.#inserted.check(file.rows, () => this.#onSession(writer, [], loadStatement(file)));
    } catch (error) {
      if (error instanceof QueryError) throw error;
      throw new QueryError('other', {
        cause: new Error(
          `loading ${file.token} into ${file.table}: ${error instanceof Error ? error.message : error} ` +
            `(columns ${columnNames(file.structure).join(', ')})`,
        ),
      });
    } finally {
      this.#writers.release(writer);
    }
  }

  /** Rows that INSERT statements of this process offered to tables. Merges count elsewhere. */
  async #insertedRows(): Promise<bigint> {
    const controller = await this.#controllers.acquire();
    try {
      const sql = "SELECT value FROM system.events WHERE event = 'InsertedRows'";
      const result = await controller.queryAsync(sql, { format: 'TabSeparated' });
      return BigInt(result.text().trim() || 0);
    } finally {
      this.#controllers.release(controller);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#readers.close();
    this.#writers.close();
    await this.#killUntilGone([...this.#running]);
    await drainPending();
    process.removeListener('exit', this.#onExit);
    for (const session of this.#sessions) session.close();
    await drainPending();
  }

  async #run(
    pool: SessionPool<Session>,
    settings: readonly string[],
    sql: string,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const session = await pool.acquire(signal);
    // The session is free when the library is done with it, which after an abort is later than our answer.
    const finished = this.#onSession(session, settings, sql, signal).finally(() => pool.release(session));
    return signal ? orAborted(finished, signal) : finished;
  }

  async #onSession(
    session: Session,
    settings: readonly string[],
    sql: string,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const id = randomUUID();
    const set = `SET ${[`log_comment = ${quoteString(id)}`, ...settings].join(', ')}`;
    const abort = () => void this.#killUntilGone([id]);
    if (this.#closing) throw new QueryError('closed');
    this.#running.add(id);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const result = await session.queryAsync(`${set}; ${sql}`, { format: 'JSONEachRow' });
      return result.bytes();
    } catch (error) {
      // What a failed query had written by then would come out in front of the session's next answer.
      await session.queryAsync('SELECT 1').catch(() => {});
      throw queryErrorOf(error);
    } finally {
      this.#running.delete(id);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** A statement that has been handed over may not be known to ClickHouse for some milliseconds. */
  async #killUntilGone(ids: readonly string[]): Promise<void> {
    for (;;) {
      const left = ids.filter((id) => this.#running.has(id));
      if (left.length === 0) return;
      const controller = await this.#controllers.acquire();
      await controller.queryAsync(killStatement(left)).catch(() => {});
      this.#controllers.release(controller);
      await setTimeout(20);
    }
  }
}

function killStatement(ids: readonly string[]): string {
  return `KILL QUERY WHERE Settings['log_comment'] IN (${ids.map(quoteString).join(', ')}) ASYNC`;
}

/** Settles with the promise, or rejects as soon as the signal fires. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new QueryError('aborted', { cause: signal.reason }));
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * The answer to one query. Anything left over from another statement would stand in front as an array of its own;
 * inside an array no line break follows a bracket, so that shows.
 */
function oneArray(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return Buffer.from('[]');
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.includes(']\n[')) {
    throw new QueryError('other', { cause: new Error('an answer came with rows of another statement') });
  }
  return buffer;
}
