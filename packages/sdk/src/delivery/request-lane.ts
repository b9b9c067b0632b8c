import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { type LaneOptions, type Parcel, type ParcelQueue, unref } from './lane.ts';
import { backoffMs } from './retry.ts';

/** Whoever sends a parcel holds its claim. */
interface Claim {
  /** When the attempt began, in milliseconds since 1970. */
  since: number;
  /** Whether it waits for its next attempt. */
  isPausing: boolean;
}

/**
 * Sends parcels at the edge, where a request takes its connections, timers and continuations with it when it ends.
 * Each parcel is therefore sent by the request that brought it, and a later one that hurries takes over what was left
 * behind: what waits, and what has had no answer for longer than an answer may take.
 */
export class RequestLane implements ParcelQueue {
  readonly #options: LaneOptions;
  /** In the order they came. */
  readonly #claims = new Map<Parcel, Claim>();

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  push(parcel: Parcel): void {
    void this.#send(parcel);
  }

  hurry(): void {
    const givenUpBefore = Date.now() - this.#options.requestTimeoutMs;
    for (const [parcel, { isPausing, since }] of [...this.#claims])
      if (isPausing || since < givenUpBefore) void this.#send(parcel);
  }

  dropOldest(): boolean {
    const [parcel] = this.#claims.keys();
    if (parcel === undefined) return false;
    this.#claims.delete(parcel);
    this.#options.onSettled(parcel, { outcome: 'dropped' });
    return true;
  }

  close(): void {
    while (this.dropOldest());
  }

  async #send(parcel: Parcel): Promise<void> {
    const { transport, requestTimeoutMs: timeoutMs, onRetry, onSettled } = this.#options;
    const claim: Claim = { since: 0, isPausing: false };
    this.#claims.set(parcel, claim);
    for (let failures = 1; ; failures++) {
      claim.since = Date.now();
      claim.isPausing = false;
      const { url, headers, body } = parcel;
      const result = await context.with(suppressTracing(ROOT_CONTEXT), () =>
        transport.send({ url, headers, body, timeoutMs }),
      );
      // Settled, dropped or taken over meanwhile.
      if (this.#claims.get(parcel) !== claim) return;
      if (result.outcome !== 'retry') {
        this.#claims.delete(parcel);
        onSettled(parcel, result);
        return;
      }
      onRetry(result.reason);
      claim.isPausing = true;
      const pauseMs = result.afterMs ?? backoffMs(failures, Math.random());
      await new Promise((resolve) => unref(setTimeout(() => resolve(undefined), pauseMs)));
      if (this.#claims.get(parcel) !== claim) return;
    }
  }
}
