/** Counters of the delivery since `init`. */
export interface DeliveryStats {
  /** Spans and scores that are queued or in flight. */
  readonly waiting: number;
  /** Memory of the waiting items, in bytes. Estimated until they are encoded. */
  readonly waitingBytes: number;
  /** Spans and scores that the server has accepted. */
  readonly sent: number;
  /** Spans and scores that were lost, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** Requests to the server, including retries. */
  readonly requests: number;
  /** Requests that failed and were scheduled again. */
  readonly retries: number;
  /** The last error. Undefined if there was none. */
  readonly lastError: string | undefined;
}

/**
 * Why items were lost. `queueFull`: the queue was full. `refused`: the server refused the whole request. `rejected`:
 * the server accepted the request but rejected these items. `unencodable`: the span could not be encoded. `shutdown`:
 * the SDK was shut down before they were sent.
 */
export type DropReason = 'queueFull' | 'refused' | 'rejected' | 'unencodable' | 'shutdown';

export const NOTHING_SENT: DeliveryStats = {
  waiting: 0,
  waitingBytes: 0,
  sent: 0,
  dropped: { queueFull: 0, refused: 0, rejected: 0, unencodable: 0, shutdown: 0 },
  requests: 0,
  retries: 0,
  lastError: undefined,
};

interface Waiter {
  readonly until: number;
  readonly resolve: () => void;
}

/** Counts queued, sent and dropped items. Every item is taken once and settled once, whatever happens to it. */
export class DeliveryCounters {
  #taken = 0;
  #settled = 0;
  #sent = 0;
  #requests = 0;
  #retries = 0;
  #lastError: string | undefined;
  readonly #dropped: Record<DropReason, number> = { ...NOTHING_SENT.dropped };
  #waiters: Waiter[] = [];

  /** Number of items that are queued or in flight. */
  get waiting(): number {
    return this.#taken - this.#settled;
  }
  /** Whether a flush is waiting. */
  get isAwaited(): boolean {
    return this.#waiters.length > 0;
  }

  take(): void {
    this.#taken++;
  }

  settle(items: number): void {
    this.#settled += items;
    if (this.#waiters.length === 0) return;
    const done = this.#waiters.filter(({ until }) => this.#settled >= until);
    this.#waiters = this.#waiters.filter(({ until }) => this.#settled < until);
    for (const { resolve } of done) resolve();
  }

  /** Counts lost items. Does not settle them. */
  drop(reason: DropReason, items: number): void {
    this.#dropped[reason] += items;
  }

  accept(items: number): void {
    this.#requests++;
    this.#sent += items;
  }

  refuse(items: number, reason: string): void {
    this.#requests++;
    this.#lastError = reason;
    this.drop('refused', items);
  }

  retry(reason: string): void {
    this.#requests++;
    this.#retries++;
    this.#lastError = reason;
  }

  /** Resolves to true when all items taken so far are settled, or to false after `timeoutMs`. */
  async whenSettled(timeoutMs: number): Promise<boolean> {
    const until = this.#taken;
    if (this.#settled >= until) return true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isSettled = await new Promise<boolean>((resolve) => {
      const waiter: Waiter = { until, resolve: () => resolve(true) };
      timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        resolve(false);
      }, timeoutMs);
      this.#waiters.push(waiter);
    });
    clearTimeout(timer);
    return isSettled;
  }

  stats(waitingBytes: number): DeliveryStats {
    return {
      waiting: this.waiting,
      waitingBytes,
      sent: this.#sent,
      dropped: { ...this.#dropped },
      requests: this.#requests,
      retries: this.#retries,
      lastError: this.#lastError,
    };
  }
}
