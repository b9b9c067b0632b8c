import type { Session } from 'chdb';
import { QueryError, queryErrorOf } from '../query-error.ts';

/** A read got rows of an earlier statement of its session. The read itself is valid, so it can be repeated. */
export class ForeignRowsError extends Error {
  override readonly name = 'ForeignRowsError';
  constructor() {
    super('the result contains rows of another statement');
  }
}

/**
 * A session that is replaced after every failed statement.
 *
 * The library keeps the rows that a failed statement has produced and returns them with the next result of the session,
 * and a late KILL ends whichever statement the session then runs. A new session has neither problem and costs about a
 * millisecond.
 */
export class ChdbSession {
  readonly #open: () => Session;
  readonly #database: string | undefined;
  #session: Session;
  #closed = false;

  /** `database` is used for unqualified table names. It has to exist before the first statement. */
  constructor(open: () => Session, database?: string) {
    this.#open = open;
    this.#database = database;
    this.#session = open();
  }

  /** Makes the tables of `database` available. Call it once before the first statement. */
  async use(): Promise<void> {
    if (this.#database) await this.#session.queryAsync(`USE ${this.#database}`);
  }

  /**
   * Runs one statement, with any SET in front of it. If it rejects with a `QueryError`, the session has already been
   * replaced. Do not call it while another statement of this session runs.
   *
   * @returns the JSON array of the rows, or nothing if the statement has no result
   */
  async run(sql: string): Promise<Uint8Array> {
    try {
      const result = await this.#session.queryAsync(sql, { format: 'JSONEachRow' });
      return oneArray(result.bytes());
    } catch (error) {
      // If this fails as well, the next statement fails and tries again.
      await this.renew().catch(() => {});
      throw error instanceof ForeignRowsError
        ? new QueryError('other', { cause: error })
        : queryErrorOf(error);
    }
  }

  /** Replaces the session. Call it after any attempt to kill a statement, even if the statement succeeded. */
  async renew(): Promise<void> {
    if (this.#closed) return;
    this.#session.close();
    this.#session = this.#open();
    await this.use();
  }

  /** Runs a statement and blocks until it ends. Only for the exit of the process. */
  runNow(sql: string): void {
    this.#session.query(sql);
  }

  close(): void {
    this.#closed = true;
    this.#session.close();
  }
}

/**
 * Checks that the result is exactly one JSON array. Rows of another statement are a separate array in front of it, and
 * within an array a closing bracket is never followed by a line break.
 */
function oneArray(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.includes(']\n[')) throw new ForeignRowsError();
  return buffer;
}
