import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { backoffMs, type SendResult } from './retry.ts';
import type { Transport } from './transport.ts';

/** A request that is ready to go. */
export interface Parcel {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Spans or scores in it, as far as they are counted as sent. */
  readonly items: number;
  /** Records that are waited for but not counted: of running spans, of counters. */
  readonly uncounted: number;
}

export type Settled = Exclude<SendResult, { outcome: 'retry' }> | { readonly outcome: 'dropped' };

export interface LaneOptions {
  readonly transport: Transport;
  readonly requestTimeoutMs: number;
  readonly onRetry: (reason: string) => void;
  /** Called once for each parcel, when it has left the lane. */
  readonly onSettled: (parcel: Parcel, result: Settled) => void;
}

/** Where parcels wait and are sent from. */
export interface ParcelQueue {
  push(parcel: Parcel): void;
  /** Tries at once what waits for its next attempt. */
  hurry(): void;
  /** Gives up the oldest parcel that can be given up; false where there is none. */
  dropOldest(): boolean;
  /** Gives up everything. */
  close(): void;
}

/**
 * Sends parcels to one place, one at a time and in order, each again until it is accepted or refused. In order,
 * because the record of a running span must not arrive after the span.
 */
export class Lane implements ParcelQueue {
  readonly #options: LaneOptions;
  readonly #parcels: Parcel[] = [];
  #isSending = false;
  #isClosed = false;
  #failures = 0;
  #wake: (() => void) | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  push(parcel: Parcel): void {
    this.#parcels.push(parcel);
    if (!this.#isSending) void this.#send();
  }

  hurry(): void {
    this.#wake?.();
  }

  /** Gives up the oldest parcel that is not just being sent; false where there is none. */
  dropOldest(): boolean {
    const index = this.#isSending && this.#wake === undefined ? 1 : 0;
    const [parcel] = this.#parcels.splice(index, 1);
    if (parcel === undefined) return false;
    this.#options.onSettled(parcel, { outcome: 'dropped' });
    return true;
  }

  close(): void {
    this.#isClosed = true;
    for (const parcel of this.#parcels.splice(0)) this.#options.onSettled(parcel, { outcome: 'dropped' });
    this.#wake?.();
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    for (let parcel = this.#parcels[0]; parcel !== undefined; parcel = this.#parcels[0]) {
      const result = await this.#attempt(parcel);
      if (this.#isClosed) break;
      if (result.outcome === 'retry') {
        this.#failures++;
        this.#options.onRetry(result.reason);
        await this.#pause(result.afterMs ?? backoffMs(this.#failures, Math.random()));
        continue;
      }
      this.#failures = 0;
      if (this.#parcels[0] === parcel) this.#parcels.shift();
      this.#options.onSettled(parcel, result);
    }
    this.#isSending = false;
  }

  #attempt({ url, headers, body }: Parcel): Promise<SendResult> {
    const { transport, requestTimeoutMs } = this.#options;
    return context.with(suppressTracing(ROOT_CONTEXT), () =>
      transport.send({ url, headers, body, timeoutMs: requestTimeoutMs }),
    );
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms);
      unref(timer);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }
}

/** Timers never keep the application running. Edge runtimes give numbers. */
export function unref(timer: ReturnType<typeof setTimeout>): void {
  if (typeof timer === 'object') timer.unref();
}
