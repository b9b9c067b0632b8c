import { ClickHouseError } from '@clickhouse/client';
import { QueryError, queryErrorOf } from '../query-error.ts';

const CANNOT_BE_REACHED = 'The ClickHouse server cannot be reached.';
const REFUSES_US = 'The ClickHouse server rejects the user or the password.';
const NO_DATABASE = 'The ClickHouse server has no such database.';
const CANNOT_NOW = 'The ClickHouse server cannot process requests at the moment.';

/** Errors of ClickHouse (`ErrorCodes.cpp`) that may be temporary, with a message for the operator. */
const UNAVAILABLE: ReadonlyMap<number, string> = new Map([
  [81, NO_DATABASE], // UNKNOWN_DATABASE
  [192, REFUSES_US], // UNKNOWN_USER
  [193, REFUSES_US], // WRONG_PASSWORD
  [194, REFUSES_US], // REQUIRED_PASSWORD
  [516, REFUSES_US], // AUTHENTICATION_FAILED
  [209, CANNOT_NOW], // SOCKET_TIMEOUT
  [210, CANNOT_NOW], // NETWORK_ERROR
  [236, CANNOT_NOW], // ABORTED: it shuts down
  [242, CANNOT_NOW], // TABLE_IS_READ_ONLY
  [279, CANNOT_NOW], // ALL_CONNECTION_TRIES_FAILED
  [319, CANNOT_NOW], // UNKNOWN_STATUS_OF_INSERT
  [394, CANNOT_NOW], // QUERY_WAS_CANCELLED, and not by us
  [999, CANNOT_NOW], // KEEPER_EXCEPTION
]);
const TOO_MANY_SIMULTANEOUS_QUERIES = 202;

/** Classifies an error of the client. An error without a code of ClickHouse comes from the connection or a proxy. */
export function clickhouseErrorOf(cause: unknown): QueryError {
  if (cause instanceof QueryError) return cause;
  const text = cause instanceof Error ? cause.message : String(cause);
  // The client removes the code from the text, but errors of the HTTP layer still contain it.
  const code = cause instanceof ClickHouseError ? cause.code : /\bCode: (\d+)\b/.exec(text)?.[1];
  if (code === undefined) return new QueryError('unavailable', { cause, message: CANNOT_BE_REACHED });
  const clickhouseCode = Number(code);
  const message = UNAVAILABLE.get(clickhouseCode);
  if (message !== undefined) return new QueryError('unavailable', { cause, clickhouseCode, message });
  if (clickhouseCode === TOO_MANY_SIMULTANEOUS_QUERIES)
    return new QueryError('busy', { cause, clickhouseCode });
  return queryErrorOf(cause, clickhouseCode);
}
