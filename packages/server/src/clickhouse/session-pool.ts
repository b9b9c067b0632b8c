import { QueryError } from './query-error.ts';

interface Waiting<Lane> {
  readonly take: (lane: Lane) => void;
  readonly fail: (error: QueryError) => void;
}

/**
 * Hands out lanes (database sessions) to one user at a time, in order of asking.
 * At most `maxWaiting` may wait; more is a `busy` error, so that a flood is answered and not remembered.
 */
export class Lanes<Lane> {
  readonly #idle: Lane[];
  readonly #waiting = new Set<Waiting<Lane>>();
  readonly #maxWaiting: number;
  #closed = false;

  constructor(lanes: readonly Lane[], maxWaiting: number) {
    this.#idle = [...lanes];
    this.#maxWaiting = maxWaiting;
  }

  /** Rejects with `aborted` when the signal fires before a lane is free, and with `closed` after `close`. */
  acquire(signal?: AbortSignal): Promise<Lane> {
    if (this.#closed) return Promise.reject(new QueryError('closed'));
    if (signal?.aborted) return Promise.reject(new QueryError('aborted', { cause: signal.reason }));
    const lane = this.#idle.pop();
    if (lane !== undefined) return Promise.resolve(lane);
    if (this.#waiting.size >= this.#maxWaiting) return Promise.reject(new QueryError('busy'));
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(waiting);
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = () => waiting.fail(new QueryError('aborted', { cause: signal?.reason }));
      const waiting: Waiting<Lane> = {
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

  release(lane: Lane): void {
    const [next] = this.#waiting;
    if (next) next.take(lane);
    else this.#idle.push(lane);
  }

  /** Nobody waits any more and nobody gets a lane; lanes in use stay with their users. */
  close(): void {
    this.#closed = true;
    for (const waiting of this.#waiting) waiting.fail(new QueryError('closed'));
  }
}
