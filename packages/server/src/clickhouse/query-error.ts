/**
 * Why a statement failed. `timeout`, `memory` and `too-many-rows` are limits of {@link QueryLimits}, so a smaller query
 * may succeed. `too-many-partitions`: the load has to be split. `busy`: too many statements are already waiting.
 * `aborted`: the signal of the caller was aborted. `closed`: the engine is shutting down. `unavailable`: the server cannot
 * be used at the moment. `other`: a defect of Throughline or of the disk.
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
  timeout: 'The query exceeded its time limit.',
  memory: 'The query exceeded its memory limit.',
  'too-many-rows': 'The result exceeded its limit of rows.',
  'too-many-partitions': 'The rows belong to more partitions than one load may have.',
  busy: 'Too many queries are waiting.',
  aborted: 'The query was cancelled.',
  closed: 'The store is closed.',
  unavailable: 'The store cannot be reached.',
  other: 'The store could not answer the query.',
};

interface QueryErrorOptions {
  readonly cause?: unknown;
  readonly clickhouseCode?: number | undefined;
  /** Replaces the default message of the reason. Clients see it as well. */
  readonly message?: string;
}

/**
 * The error that every `Engine` throws. `message` never contains SQL or data, so clients may see it. The original error of
 * the engine is in `cause`, for the log.
 */
export class QueryError extends Error {
  readonly reason: QueryErrorReason;
  /** ClickHouse's error code, if there is one. */
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

/** Classifies an error of ClickHouse by its code, which is given or is at the start of its message (`Code: 159.`). */
export function queryErrorOf(cause: unknown, code?: number): QueryError {
  if (cause instanceof QueryError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const found = /\bCode: (\d+)\b/.exec(message);
  const clickhouseCode = code ?? (found ? Number(found[1]) : undefined);
  const reason = reasonOf(clickhouseCode, message);
  return new QueryError(reason ?? 'other', { cause, clickhouseCode });
}

/** TOO_MANY_PARTS: thrown for a single INSERT, or for a table that merges too slowly. */
const TOO_MANY_PARTS = 252;

function reasonOf(code: number | undefined, message: string): QueryErrorReason | undefined {
  if (code === undefined) return undefined;
  if (code === TOO_MANY_PARTS && message.includes('partitions for single INSERT'))
    return 'too-many-partitions';
  return REASON_BY_CODE.get(code);
}
