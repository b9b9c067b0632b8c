import { QueryError } from './query-error.ts';

interface Waiting<Session> {
  readonly take: (session: Session) => void;
  readonly fail: (error: QueryError) => void;
}

/**
 * Lends database sessions to one caller at a time, in the order of the calls. At most `maxWaiting` callers may wait.
 * Further calls are rejected with `busy`, so that a flood of queries does not fill the memory.
 */
export class SessionPool<Session> {
  readonly #idle: Session[];
  readonly #waiting = new Set<Waiting<Session>>();
  readonly #maxWaiting: number;
  #closed = false;

  constructor(sessions: readonly Session[], maxWaiting: number) {
    this.#idle = [...sessions];
    this.#maxWaiting = maxWaiting;
  }

  /** Rejects with `aborted` if the signal is aborted before a session is free, and with `closed` after `close`. */
  acquire(signal?: AbortSignal): Promise<Session> {
    if (this.#closed) return Promise.reject(new QueryError('closed'));
    if (signal?.aborted) return Promise.reject(new QueryError('aborted', { cause: signal.reason }));
    const session = this.#idle.pop();
    if (session !== undefined) return Promise.resolve(session);
    if (this.#waiting.size >= this.#maxWaiting) return Promise.reject(new QueryError('busy'));
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiting);
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = () => waiting.fail(new QueryError('aborted', { cause: signal?.reason }));
      const waiting: Waiting<Session> = {
        take: (free) => {
          leave();
          resolve(free);
        },
        fail: (error) => {
          leave();
          reject(error);
        },
      };
      this.#waiting.add(waiting);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  release(session: Session): void {
    const [next] = this.#waiting;
    if (next) next.take(session);
    else this.#idle.push(session);
  }

  /** Rejects all waiting and future callers. Sessions in use stay with their callers until they are released. */
  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting) waiting.fail(new QueryError('closed'));
  }
}
