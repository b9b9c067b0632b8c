/**
 * ClickHouse inside this process (chDB).
 *
 * Several sessions on one data folder run in parallel, but each session runs only one statement at a time. So every
 * statement occupies a session until it ends. Some sessions can write; the others can only read.
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
import { QueryError } from '../query-error.ts';
import { SessionPool } from '../session-pool.ts';
import {
  EMBEDDED_SETTINGS,
  ISOLATED_DATABASE,
  limitSettings,
  SESSION_SETTINGS,
} from '../session-settings.ts';
import { chdbConfig, defaultMemoryBytes } from './chdb-config.ts';
import { ChdbSession } from './chdb-session.ts';
import { InsertedRows } from './inserted-rows.ts';
import { lowerMergePriority } from './merge-priority.ts';
import { repeatForeignRead } from './repeat-foreign-read.ts';

const DATABASE = 'throughline';
const READERS = 3;
/** Sessions for statements that people write. */
const ISOLATED_READERS = 1;
/** A load uses one processor completely. */
const PARALLEL_LOADS = Math.min(4, Math.max(2, Math.floor(availableParallelism() / 2)));
const MAX_WAITING = 1_000;

export interface ChdbEngineOptions {
  /** Folder that contains `clickhouse/` and the generated `clickhouse.xml`. Created if it is missing. */
  readonly dataDir: string;
  /** Memory limit of all statements and background merges together. Default: half of the machine, at most 8 GiB. */
  readonly memoryBytes?: number;
}

/** The data folder cannot be opened. The message explains the reason to the person who starts the server. */
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

  const sessions: ChdbSession[] = [];
  const open = (database: string | undefined, ...extra: string[]): ChdbSession => {
    const connectionArgs = [
      `--config-file=${configPath}`,
      ...Object.entries({ ...SESSION_SETTINGS, ...EMBEDDED_SETTINGS }).map(
        ([name, value]) => `--${name}=${value}`,
      ),
      ...extra,
    ];
    const session = new ChdbSession(() => new Session(path, { connectionArgs }), database);
    sessions.push(session);
    return session;
  };
  try {
    const writers = Array.from({ length: PARALLEL_LOADS }, () => open(DATABASE));
    const [controller, lastController] = [open(undefined), open(undefined)];
    await controller.run(`CREATE DATABASE IF NOT EXISTS ${DATABASE} ENGINE = Atomic`);
    const readers = Array.from({ length: READERS }, () => open(DATABASE, '--readonly=2'));
    const isolated = Array.from({ length: ISOLATED_READERS }, () => open(ISOLATED_DATABASE, '--readonly=2'));
    for (const session of [...writers, ...readers, ...isolated]) await session.use();
    return new ChdbEngine({ writers, readers, isolated, controller, lastController });
  } catch (error) {
    for (const session of sessions) session.close();
    throw await openError(error, path, options.dataDir);
  }
}

/** The library prints the reason only to stderr, so this function determines it again. */
async function openError(error: unknown, path: string, dataDir: string): Promise<Error> {
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('only one active data directory')) {
    return new DataFolderError('This process already has another data folder open. Close it first.', {
      cause: error,
    });
  }
  const status = await readFile(join(path, 'status'), 'utf8').catch(() => '');
  const pid = Number(/^PID: (\d+)/m.exec(status)?.[1]);
  if (pid > 0 && pid !== process.pid) {
    return new DataFolderError(
      `The data folder ${dataDir} is in use by another Throughline (process ${pid}). ` +
        'Stop it, or start this server with a different --data.',
      { cause: error },
    );
  }
  return new DataFolderError(
    `The data folder ${dataDir} could not be opened; the message of the store is above. ` +
      'If a Throughline in another container uses it, stop it.',
    { cause: error },
  );
}

class ChdbEngine implements Engine {
  readonly parallelReads = READERS + 1;
  readonly parallelLoads = PARALLEL_LOADS;
  readonly #writers: SessionPool<ChdbSession>;
  readonly #readers: SessionPool<ChdbSession>;
  readonly #isolated: SessionPool<ChdbSession>;
  /** Only for KILL statements, so that a session is free for them even if all others are busy. */
  readonly #controllers: SessionPool<ChdbSession>;
  readonly #sessions: readonly ChdbSession[];
  readonly #running = new Set<string>();
  readonly #onExit: () => void;
  readonly #inserted = new InsertedRows(() => this.#insertedRows());
  #mergesLowered: Promise<unknown> | undefined;
  #closing: Promise<void> | undefined;

  /** `lastController` is used when the process exits, because promises no longer settle then. */
  constructor({
    writers,
    readers,
    isolated,
    controller,
    lastController,
  }: {
    readonly writers: readonly ChdbSession[];
    readonly readers: readonly ChdbSession[];
    readonly isolated: readonly ChdbSession[];
    readonly controller: ChdbSession;
    readonly lastController: ChdbSession;
  }) {
    this.#writers = new SessionPool(writers, MAX_WAITING);
    this.#readers = new SessionPool(readers, MAX_WAITING);
    this.#isolated = new SessionPool(isolated, MAX_WAITING);
    this.#controllers = new SessionPool([controller], MAX_WAITING);
    this.#sessions = [...writers, ...readers, ...isolated, controller, lastController];
    this.#onExit = () => {
      if (this.#running.size > 0) lastController.runNow(killStatement([...this.#running]));
    };
    // The library waits for its threads when the process exits, so a long query would delay the exit.
    process.prependListener('exit', this.#onExit);
  }

  async query<Row>(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Row[]> {
    return JSON.parse(Buffer.from(await this.queryJson(sql, parameters, limits)).toString()) as Row[];
  }

  queryJson(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Uint8Array> {
    return this.#read(this.#readers, sql, parameters, limits);
  }

  async queryIsolated<Row>(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Row[]> {
    const rows = await this.#read(this.#isolated, sql, parameters, limits);
    return JSON.parse(Buffer.from(rows).toString()) as Row[];
  }

  async writeParquet(
    path: string,
    sql: string,
    parameters?: QueryParameters,
    limits?: QueryLimits,
  ): Promise<void> {
    await this.#read(
      this.#readers,
      `${sql} INTO OUTFILE ${quoteString(path)} FORMAT Parquet`,
      parameters,
      limits,
    );
  }

  async #read(
    pool: SessionPool<ChdbSession>,
    sql: string,
    parameters: QueryParameters = {},
    limits: QueryLimits = {},
  ): Promise<Uint8Array> {
    const settings = [
      ...Object.entries(limitSettings(limits)).map(([name, value]) => `${name} = ${quoteString(value)}`),
      ...parameterSettings(sql, parameters),
    ];
    const rows = await repeatForeignRead(
      () => this.#run(pool, settings, sql, limits.signal),
      () => limits.signal?.aborted === true || this.#closing !== undefined,
    );
    return rows.length === 0 ? Buffer.from('[]') : rows;
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

  async write(sql: string, parameters: QueryParameters = {}): Promise<void> {
    // As for loads: whoever is counted has a session already. Two loads that wait for this statement to be counted would
    // otherwise hold the sessions that it waits for.
    const writer = await this.#writers.acquire();
    try {
      await this.#inserted.uncounted(() => this.#onSession(writer, parameterSettings(sql, parameters), sql));
    } finally {
      this.#writers.release(writer);
    }
  }

  async load(file: LoadFile, signal?: AbortSignal): Promise<void> {
    // The merge threads start with the first table, so they exist at the first load.
    this.#mergesLowered ??= lowerMergePriority();
    await this.#mergesLowered;
    const writer = await this.#writers.acquire(signal);
    try {
      // ClickHouse counts the rows offered to the table, so a replay also counts all its rows.
      await this.#inserted.check(
        file.only?.rows ?? file.rows,
        () => this.#onSession(writer, [], loadStatement(file), signal),
        (error) => error instanceof QueryError && error.reason === 'too-many-partitions',
      );
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

  /** Number of rows that INSERT statements of this process offered to tables. Merges have a different counter. */
  async #insertedRows(): Promise<bigint> {
    const controller = await this.#controllers.acquire();
    try {
      const bytes = await controller.run("SELECT value FROM system.events WHERE event = 'InsertedRows'");
      const [row] = JSON.parse(Buffer.from(bytes).toString() || '[]') as { value: string }[];
      return BigInt(row?.value ?? 0);
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
    this.#isolated.close();
    this.#writers.close();
    await this.#killUntilGone([...this.#running]);
    await drainPending();
    process.removeListener('exit', this.#onExit);
    for (const session of this.#sessions) session.close();
    await drainPending();
  }

  async #run(
    pool: SessionPool<ChdbSession>,
    settings: readonly string[],
    sql: string,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const session = await pool.acquire(signal);
    // The session becomes free when the library has finished, which after an abort is later than our rejection.
    const finished = this.#onSession(session, settings, sql, signal).finally(() => pool.release(session));
    return signal ? orAborted(finished, signal) : finished;
  }

  async #onSession(
    session: ChdbSession,
    settings: readonly string[],
    sql: string,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const id = randomUUID();
    const set = `SET ${[`log_comment = ${quoteString(id)}`, ...settings].join(', ')}`;
    let wasKilled = false;
    const abort = () => {
      wasKilled = true;
      void this.#killUntilGone([id]);
    };
    if (this.#closing) throw new QueryError('closed');
    if (signal?.aborted) throw new QueryError('aborted', { cause: signal.reason });
    this.#running.add(id);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      return await session.run(`${set}; ${sql}`);
    } finally {
      this.#running.delete(id);
      signal?.removeEventListener('abort', abort);
      // The KILL can arrive after the statement has ended, and must not end the next statement of this session.
      if (wasKilled) await session.renew();
    }
  }

  /** ClickHouse may know a statement only some milliseconds after it was started. */
  async #killUntilGone(ids: readonly string[]): Promise<void> {
    for (;;) {
      const left = ids.filter((id) => this.#running.has(id));
      if (left.length === 0) return;
      const controller = await this.#controllers.acquire();
      await controller.run(killStatement(left)).catch(() => {});
      this.#controllers.release(controller);
      await setTimeout(20);
    }
  }
}

function killStatement(ids: readonly string[]): string {
  return `KILL QUERY WHERE Settings['log_comment'] IN (${ids.map(quoteString).join(', ')}) ASYNC`;
}

/** Settles like the promise, or rejects as soon as the signal is aborted. */
function orAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new QueryError('aborted', { cause: signal.reason }));
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
