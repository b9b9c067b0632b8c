import { QueryError } from '../../clickhouse/query-error.ts';
import { ThroughlineError } from '../../errors/errors.ts';

/**
 * Errors of ClickHouse about the text of a statement, by code. Their messages contain names and types, but no values of rows.
 * All other messages could contain values, so they are replaced.
 * Source: ClickHouse `ErrorCodes.cpp`.
 */
const ABOUT_THE_TEXT: ReadonlySet<number> = new Set([
  10, // NOT_FOUND_COLUMN_IN_BLOCK
  16, // NO_SUCH_COLUMN_IN_TABLE
  42, // NUMBER_OF_ARGUMENTS_DOESNT_MATCH
  43, // ILLEGAL_TYPE_OF_ARGUMENT
  46, // UNKNOWN_FUNCTION
  47, // UNKNOWN_IDENTIFIER
  48, // NOT_IMPLEMENTED
  50, // UNKNOWN_TYPE
  53, // TYPE_MISMATCH
  60, // UNKNOWN_TABLE
  62, // SYNTAX_ERROR
  63, // UNKNOWN_AGGREGATE_FUNCTION
  80, // INCORRECT_QUERY
  179, // MULTIPLE_EXPRESSIONS_FOR_ALIAS
  184, // ILLEGAL_AGGREGATION
  207, // AMBIGUOUS_IDENTIFIER
  215, // NOT_AN_AGGREGATE
  352, // AMBIGUOUS_COLUMN_NAME
  386, // NO_COMMON_TYPE
  403, // INVALID_JOIN_ON_EXPRESSION
  636, // CANNOT_EXTRACT_TABLE_STRUCTURE
]);

const GENERIC =
  'ClickHouse could not evaluate this statement, for example because a value cannot be converted. Functions such as toInt64OrNull accept every value.';

/** Turns an error of the store into one for the author of the statement. */
export function explainSqlError(error: unknown): unknown {
  if (!(error instanceof QueryError) || error.reason !== 'other') return error;
  const { clickhouseCode } = error;
  if (clickhouseCode === undefined) return error;
  if (!ABOUT_THE_TEXT.has(clickhouseCode))
    return new ThroughlineError('invalid-sql', GENERIC, { cause: error });
  return new ThroughlineError('invalid-sql', shorten(messageOf(error.cause)), { cause: error });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

const MAX_LENGTH = 600;

/** Removes the wrapping of ClickHouse and everything that quotes the statement that this server built. */
function shorten(message: string): string {
  const text = message
    .replace(/^.*?DB::Exception: /s, '')
    .replace(/:? In scope .*$/s, '')
    .replace(/:? While processing .*$/is, '')
    .replace(/\(version [^)]*\)/, '')
    .replace(/\s*\([A-Z_]+\)\s*$/, '')
    .trim();
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text || GENERIC;
}
