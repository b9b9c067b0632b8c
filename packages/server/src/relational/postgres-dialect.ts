import { type Dialect, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { PostgresAddress, PostgresTls } from './postgres-address.ts';

/** A request waits this long for a connection before it gets 503. */
const CONNECT_MS = 3_000;
const STATEMENT_MS = 10_000;
/** Statements are small and rare; the limit keeps many servers within the connections of one Postgres. */
const MAX_CONNECTIONS = 4;

const TLS_OPTIONS: Readonly<Record<PostgresTls, false | { readonly rejectUnauthorized: boolean }>> = {
  disable: false,
  require: { rejectUnauthorized: false },
  'verify-full': { rejectUnauthorized: true },
};

/** A pool of connections to a Postgres server. It connects with the first statement. */
export function createPostgresDialect(address: PostgresAddress): Dialect {
  const { host, port, user, password, database, tls } = address;
  const pool = new pg.Pool({
    host,
    port,
    user,
    password,
    database,
    ssl: TLS_OPTIONS[tls],
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: STATEMENT_MS,
    statement_timeout: STATEMENT_MS,
    keepAlive: true,
    application_name: 'throughline',
    types: { getTypeParser },
  });
  // A broken connection rejects the statement that uses it, and the next one connects again. Without listeners the same
  // error would end this process: the pool reports it for idle connections, and the client between two statements.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return new PostgresDialect({ pool });
}

/** Numbers of the columns with the type BIGINT are all below 2^53, and SQLite returns them as numbers. */
const getTypeParser: typeof pg.types.getTypeParser = (oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text');
