export interface DeliveryStats {
  /** Spans and scores that wait or are under way. */
  readonly waiting: number;
  /** What they take, in bytes: an estimate before they are encoded, exact after. */
  readonly waitingBytes: number;
  /** Spans and scores that the server has accepted. */
  readonly sent: number;
  /** Spans and scores that were lost, by reason. */
  readonly dropped: Readonly<Record<DropReason, number>>;
  readonly requests: number;
  readonly retries: number;
  /** What went wrong last; undefined where nothing has. */
  readonly lastError: string | undefined;
}

/** `queueFull`: no room. `refused`: the server will not have the request. `rejected`: nor this span out of it. */
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

  /** Items that were taken and have not left yet. */
  get waiting(): number {
    return this.#taken - this.#settled;
  }
  /** Whether somebody waits for what was taken. */
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

  /** Counts what is lost. Does not settle it. */
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

  /** True when all that was taken so far is settled, false after so many milliseconds. */
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
