/** Result codes of SQLite: SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY. */
const SQLITE_UNIQUE: ReadonlySet<unknown> = new Set([2067, 1555]);
/** SQLSTATE `unique_violation`. */
const POSTGRES_UNIQUE = '23505';

/** True if a row with the same key exists. */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === POSTGRES_UNIQUE || SQLITE_UNIQUE.has(errcode);
}

/**
 * Classes of SQLSTATE for which another statement can succeed on the same database: the error is in the statement or its
 * values. Source: PostgreSQL documentation, appendix A.
 */
const STATEMENT_CLASSES: ReadonlySet<string> = new Set([
  '0A',
  '21',
  '22',
  '23',
  '25',
  '2D',
  '40',
  '42',
  '44',
  'P0',
]);

/** SQLITE_ERROR, SQLITE_TOOBIG, SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_MISUSE, SQLITE_RANGE. */
const SQLITE_STATEMENT_CODES: ReadonlySet<number> = new Set([1, 18, 19, 20, 21, 25]);

/** True if the database cannot be used: it cannot be reached, refuses the login, is full or is damaged. */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  // The lower eight bits are the primary code.
  if (typeof errcode === 'number') return !SQLITE_STATEMENT_CODES.has(errcode & 0xff);
  if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return !STATEMENT_CLASSES.has(code.slice(0, 2));
  // Node's errors of connections have codes such as ECONNREFUSED. Those of `pg` have only a message.
  if (typeof code === 'string') return /^E[A-Z]+/.test(code);
  return /connect|timeout|terminated|closed/i.test(error.message);
}

/** A sentence about the cause for people. Neither `pg` nor SQLite puts passwords into messages. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'The database does not respond.';
  // Node reports the failure of several addresses of one name as one error without a message.
  const cause = error instanceof AggregateError ? (error.errors[0] as Error | undefined) : error;
  const message = cause?.message || String((error as { code?: unknown }).code ?? 'it does not respond');
  return /[.!]$/.test(message) ? message : `The database cannot be used: ${message}.`;
}
