import type { Session } from 'chdb';
import { QueryError, queryErrorOf } from '../query-error.ts';

/** What a read gets if the session still held rows of an earlier statement. The read itself is fine: repeat it. */
export class ForeignRowsError extends Error {
  override readonly name = 'ForeignRowsError';
  constructor() {
    super('an answer came with rows of another statement');
  }
}

/**
 * A session that is replaced after a statement that did not end well.
 *
 * The library keeps the rows that a failed statement had written and puts them in front of the session's next answer,
 * and a KILL that arrives late ends whichever statement the session runs by then. A new session has neither, and
 * costs about a millisecond.
 */
export class ChdbSession {
  readonly #open: () => Session;
  readonly #database: string | undefined;
  #session: Session;
  #closed = false;

  /** `database`: the one that unqualified table names refer to. It must exist by the first statement. */
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
   * Runs one statement, with any SET in front of it. Rejects with a `QueryError`; the session is then already a new
   * one. Never call it while another statement of this session runs.
   *
   * @returns the JSON array of the rows, or nothing if the statement has no result
   */
  async run(sql: string): Promise<Uint8Array> {
    try {
      const result = await this.#session.queryAsync(sql, { format: 'JSONEachRow' });
      return oneArray(result.bytes());
    } catch (error) {
      // If this fails too, so does the next statement, which tries again.
      await this.renew().catch(() => {});
      throw error instanceof ForeignRowsError
        ? new QueryError('other', { cause: error })
        : queryErrorOf(error);
    }
  }

  /** Replaces the session. Call it after a statement that somebody tried to kill, even if it succeeded. */
  async renew(): Promise<void> {
    if (this.#closed) return;
    this.#session.close();
    this.#session = this.#open();
    await this.use();
  }

  /** Blocks until the statement has ended; for the exit of the process. */
  runNow(sql: string): void {
    this.#session.query(sql);
  }

  close(): void {
    this.#closed = true;
    this.#session.close();
  }
}

/**
 * Checks that the answer is one JSON array. Rows left over from another statement form an array of their own in front
 * of it, and within an array no line break follows a closing bracket.
 */
function oneArray(bytes: Uint8Array): Uint8Array {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.includes(']\n[')) throw new ForeignRowsError();
  return buffer;
}
