/**
 * A ClickHouse server, over HTTP.
 *
 * Aborting a statement also ends it on the server. An abort closes the connection, which ends reading queries, and kills
 * the statement by its id, because a server checks the connection only between blocks.
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import type { Engine, LoadFile, QueryLimits, QueryParameters, RowFile } from '../engine.ts';
import { columnNames, loadSentStatement, plainTypes } from '../load-statement.ts';
import { quoteString } from '../parameters.ts';
import { QueryError } from '../query-error.ts';
import { SessionPool } from '../session-pool.ts';
import {
  DEFAULT_MAX_SECONDS,
  ISOLATED_DATABASE,
  limitSettings,
  SESSION_SETTINGS,
} from '../session-settings.ts';
import type { ClickHouseAddress } from './clickhouse-address.ts';
import { clickhouseErrorOf } from './clickhouse-error.ts';
import { fitHttp } from './http-parameters.ts';

/** Maximum number of parallel queries of this process. The server can have other users. */
const READERS = 16;
/** Maximum number of parallel statements that people write. */
const ISOLATED_READERS = 4;
const MAX_WAITING = 1_000;
/** Connections for loads, commands and KILL statements, which have to work while all others are busy. */
const OTHER_CONNECTIONS = 8;
/** If a server has not answered this long after the time limit of a query, it counts as unreachable. */
const GRACE_SECONDS = 3;
const PARALLEL_LOADS = 4;
/** Time limit of loads and commands. */
const WRITE_SECONDS = 300;
const KILL_SECONDS = 2;

/** `cancel_…` ends a query if its process ends. With `wait_end_of_query` the status covers the complete result. */
const READ_SETTINGS = {
  readonly: '2',
  cancel_http_readonly_queries_on_client_close: 1,
  wait_end_of_query: 1,
} as const;

/** Connects with the first statement. If the server cannot be reached, each statement fails with `unavailable`. */
export function openClickHouseEngine(address: ClickHouseAddress): Engine {
  const clientOf = (database: string, connections: number) =>
    createClient({
      url: address.url,
      username: address.user,
      password: address.password,
      database,
      application: 'throughline',
      max_open_connections: connections,
      // Every statement has its own time limit.
      request_timeout: WRITE_SECONDS * 1000,
      use_multipart_params_auto: true,
      clickhouse_settings: SESSION_SETTINGS,
      // Failures are thrown and logged by the code that catches them.
      log: { level: ClickHouseLogLevel.OFF },
    });
  return new ClickHouseEngine(
    clientOf(address.database, READERS + OTHER_CONNECTIONS),
    clientOf(ISOLATED_DATABASE, ISOLATED_READERS),
  );
}

/** Options of every call of the client. */
interface Statement {
  readonly query_id: string;
  readonly abort_signal: AbortSignal;
}

interface StatementLimits {
  readonly seconds: number;
  readonly signal?: AbortSignal | undefined;
}

class ClickHouseEngine implements Engine {
  readonly parallelReads = READERS;
  readonly parallelLoads = PARALLEL_LOADS;
  readonly #client: ClickHouseClient;
  readonly #isolatedClient: ClickHouseClient;
  readonly #readers = new SessionPool(
    Array.from({ length: READERS }, (_, index) => index),
    MAX_WAITING,
  );
  /** Running statements by their id. */
  readonly #running = new Map<string, AbortController>();
  readonly #kills = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;

  constructor(client: ClickHouseClient, isolatedClient: ClickHouseClient) {
    this.#client = client;
    this.#isolatedClient = isolatedClient;
  }

  async query<Row>(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Row[]> {
    return JSON.parse(await this.#select(sql, parameters, limits)) as Row[];
  }

  async queryJson(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Uint8Array> {
    return Buffer.from(await this.#select(sql, parameters, limits));
  }

  async queryIsolated<Row>(sql: string, parameters?: QueryParameters, limits?: QueryLimits): Promise<Row[]> {
    return JSON.parse(await this.#select(sql, parameters, limits, this.#isolatedClient)) as Row[];
  }

  async writeParquet(
    path: string,
    sql: string,
    parameters: QueryParameters = {},
    limits: QueryLimits = {},
  ): Promise<void> {
    const [query, query_params] = fitHttp(sql, parameters);
    await this.#read(limits, async (statement) => {
      const { stream } = await this.#client.exec({
        ...statement,
        query: `${query} FORMAT Parquet`,
        query_params: { ...query_params },
        clickhouse_settings: { ...READ_SETTINGS, ...limitSettings(limits) },
      });
      await pipeline(stream, createWriteStream(path), { signal: statement.abort_signal });
      return '';
    });
  }

  /** Sends the file as external data, a table that exists only for this query. */
  async queryFile<Row>(
    file: RowFile,
    sql: string,
    parameters: QueryParameters = {},
    limits: QueryLimits = {},
  ): Promise<Row[]> {
    const [query, query_params] = fitHttp(sql, parameters);
    const boundary = randomUUID();
    const answer = await this.#read(limits, (statement) =>
      withFile(file, async (bytes) => {
        const { stream } = await this.#client.exec({
          ...statement,
          query: `${query} FORMAT JSONEachRow`,
          query_params: { ...query_params },
          values: Readable.from(formOf(boundary, bytes), { objectMode: false }),
          http_headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
          clickhouse_settings: {
            ...READ_SETTINGS,
            ...limitSettings(limits),
            segment_format: 'RowBinary',
            segment_structure: plainTypes(file.structure),
          },
        });
        return (await buffer(stream)).toString();
      }),
    );
    return JSON.parse(answer || '[]') as Row[];
  }

  command(sql: string): Promise<void> {
    return this.write(sql);
  }

  async write(sql: string, parameters: QueryParameters = {}): Promise<void> {
    const [query, query_params] = fitHttp(sql, parameters);
    await this.#run({ seconds: WRITE_SECONDS }, async (statement) => {
      await this.#client.command({
        ...statement,
        query,
        query_params: { ...query_params },
        clickhouse_settings: { wait_end_of_query: 1, max_execution_time: 0 },
      });
    });
  }

  async load(file: LoadFile, signal?: AbortSignal): Promise<void> {
    // A load can take long, so check first whether the server can be reached.
    await this.#select('SELECT 1', {}, { maxSeconds: 1 });
    const rows = file.only?.rows ?? file.rows;
    await this.#run({ seconds: WRITE_SECONDS, signal }, (statement) =>
      withFile(file, async (bytes) => {
        const { stream, summary } = await this.#client.exec({
          ...statement,
          query: loadSentStatement(file),
          values: bytes,
          clickhouse_settings: { wait_end_of_query: 1 },
        });
        await buffer(stream);
        const { read_rows = 'none', written_rows = 'none' } = summary ?? {};
        // A replay counts all its rows. Views that users attached to the table count as well.
        if (Number(read_rows) === file.rows && Number(written_rows) >= rows) return;
        throw new QueryError('other', {
          cause: new Error(
            `loading ${file.token} into ${file.table}: ${rows} of ${file.rows} rows expected, ${read_rows} read, ` +
              `${written_rows} written (columns ${columnNames(file.structure).join(', ')})`,
          ),
        });
      }),
    );
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#readers.close();
    for (const running of this.#running.values()) running.abort();
    await Promise.all(this.#kills);
    await Promise.all([this.#client.close(), this.#isolatedClient.close()]);
  }

  #select(
    sql: string,
    parameters: QueryParameters = {},
    limits: QueryLimits = {},
    client = this.#client,
  ): Promise<string> {
    const [query, query_params] = fitHttp(sql, parameters);
    return this.#read(limits, async (statement) => {
      const answer = await client.query({
        ...statement,
        query,
        query_params: { ...query_params },
        format: 'JSONEachRow',
        clickhouse_settings: { ...READ_SETTINGS, ...limitSettings(limits) },
      });
      // The client itself no longer listens to the signal here.
      const leave = () => answer.close();
      statement.abort_signal.addEventListener('abort', leave, { once: true });
      try {
        return (await answer.text()) || '[]';
      } finally {
        statement.abort_signal.removeEventListener('abort', leave);
      }
    });
  }

  async #read(limits: QueryLimits, send: (statement: Statement) => Promise<string>): Promise<string> {
    const { signal, maxSeconds = DEFAULT_MAX_SECONDS } = limits;
    const session = await this.#readers.acquire(signal);
    try {
      const read = () => this.#run({ seconds: maxSeconds + GRACE_SECONDS, signal }, send);
      // The server can close an idle connection at the moment in which a read is sent.
      return await read().catch((error: unknown) => {
        if (isConnectionReset(error)) return read();
        throw error;
      });
    } finally {
      this.#readers.release(session);
    }
  }

  async #run<Value>(
    { seconds, signal }: StatementLimits,
    send: (statement: Statement) => Promise<Value>,
  ): Promise<Value> {
    if (this.#closing) throw new QueryError('closed');
    if (signal?.aborted) throw new QueryError('aborted', { cause: signal.reason });
    const id = randomUUID();
    const closing = new AbortController();
    const late = AbortSignal.timeout(seconds * 1000);
    this.#running.set(id, closing);
    try {
      return await send({
        query_id: id,
        abort_signal: AbortSignal.any([closing.signal, late, ...(signal ? [signal] : [])]),
      });
    } catch (error) {
      const aborted = signal?.aborted || closing.signal.aborted;
      if (aborted || late.aborted) this.#kill(id);
      if (aborted) throw new QueryError('aborted', { cause: signal?.reason ?? error });
      throw clickhouseErrorOf(error);
    } finally {
      this.#running.delete(id);
    }
  }

  #kill(id: string): void {
    const kill = this.#client
      .command({
        query: `KILL QUERY WHERE query_id = ${quoteString(id)} ASYNC`,
        abort_signal: AbortSignal.timeout(KILL_SECONDS * 1000),
      })
      // If this fails, the limits of the server end the statement.
      .catch(() => {})
      .finally(() => this.#kills.delete(kill));
    this.#kills.add(kill);
  }
}

function isConnectionReset(error: unknown): boolean {
  const cause = error instanceof QueryError && error.reason === 'unavailable' ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNRESET';
}

/** Opens the file before anything is sent, because a missing file is not an error of the server. */
async function withFile<Value>(
  { path, bytes: size }: RowFile,
  use: (bytes: Readable) => Promise<Value>,
): Promise<Value> {
  const file = await open(path).catch((cause: unknown) => {
    throw new QueryError('other', { cause });
  });
  const bytes =
    size > 0 ? file.createReadStream({ end: size - 1, highWaterMark: 1 << 20 }) : Readable.from([]);
  try {
    return await use(bytes);
  } finally {
    bytes.destroy();
    await file.close();
  }
}

/** A `multipart/form-data` body with the bytes in the field `segment`. Source: RFC 7578. */
async function* formOf(boundary: string, bytes: Readable): AsyncGenerator<Uint8Array> {
  yield Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="segment"; filename="segment"\r\n\r\n`,
  );
  yield* bytes as AsyncIterable<Uint8Array>;
  yield Buffer.from(`\r\n--${boundary}--\r\n`);
}
