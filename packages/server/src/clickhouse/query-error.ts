/**
 * Why a statement failed. `timeout`, `memory` and `too-many-rows` are the limits of {@link QueryLimits}: asking for
 * less may succeed. `too-many-partitions`: a load has to be split. `busy`: too many statements wait already. `aborted`: the caller's signal. `closed`: the engine
 * is shutting down. `unavailable`: a server that cannot be used now, and may be later without a change of ours.
 * `other` is a fault of ours or of the disk.
 */
export type QueryErrorReason =
  | 'timeout'
  | 'memory'
  | 'too-many-rows'
  | 'too-many-partitions'
  | 'busy'
  | 'aborted'
  | 'closed'
  | 'unavailable'
  | 'other';

const MESSAGES: Readonly<Record<QueryErrorReason, string>> = {
  timeout: 'The query took longer than it may.',
  memory: 'The query needed more memory than it may use.',
  'too-many-rows': 'The answer has more rows than it may have.',
  'too-many-partitions': 'The rows belong to more partitions than one load may touch.',
  busy: 'Too many queries are waiting.',
  aborted: 'The query was cancelled.',
  closed: 'The store is closed.',
  unavailable: 'The store cannot be reached.',
  other: 'The store could not answer the query.',
};

interface QueryErrorOptions {
  readonly cause?: unknown;
  readonly clickhouseCode?: number | undefined;
  /** Instead of the reason's own; for clients too. */
  readonly message?: string;
}

/**
 * What every `Engine` throws. `message` never holds SQL or data, so it may be shown to clients; the engine's own
 * words are in `cause`, for the log.
 */
export class QueryError extends Error {
  readonly reason: QueryErrorReason;
  /** ClickHouse's error code where it gave one. */
  readonly clickhouseCode: number | undefined;

  constructor(reason: QueryErrorReason, options: QueryErrorOptions = {}) {
    super(options.message ?? MESSAGES[reason], options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'QueryError';
    this.reason = reason;
    this.clickhouseCode = options.clickhouseCode;
  }
}

/** ClickHouse `ErrorCodes.cpp`. */
const REASON_BY_CODE: ReadonlyMap<number, QueryErrorReason> = new Map([
  [159, 'timeout'], // TIMEOUT_EXCEEDED
  [160, 'timeout'], // TOO_SLOW
  [241, 'memory'], // MEMORY_LIMIT_EXCEEDED
  [158, 'too-many-rows'], // TOO_MANY_ROWS
  [396, 'too-many-rows'], // TOO_MANY_ROWS_OR_BYTES
  [394, 'aborted'], // QUERY_WAS_CANCELLED
]);

/** Types an error of ClickHouse by its code: the one given, else the `Code: 159.` its message begins with. */
export function queryErrorOf(cause: unknown, code?: number): QueryError {
  if (cause instanceof QueryError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const found = /\bCode: (\d+)\b/.exec(message);
  const clickhouseCode = code ?? (found ? Number(found[1]) : undefined);
  const reason = reasonOf(clickhouseCode, message);
  return new QueryError(reason ?? 'other', { cause, clickhouseCode });
}

/** TOO_MANY_PARTS: of one INSERT, or of a whole table that merges too slowly. */
const TOO_MANY_PARTS = 252;

function reasonOf(code: number | undefined, message: string): QueryErrorReason | undefined {
  if (code === undefined) return undefined;
  if (code === TOO_MANY_PARTS && message.includes('partitions for single INSERT'))
    return 'too-many-partitions';
  return REASON_BY_CODE.get(code);
}
