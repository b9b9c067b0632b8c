import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { unref } from '../core/unref.ts';
import type { Batch, BatchQueue, BatchQueueOptions } from './batch-queue.ts';
import { backoffMs } from './retry.ts';

/** State of a batch's current attempt. If another attempt replaces the claim, the earlier one stops. */
interface Claim {
  /** Start of the attempt, in milliseconds since 1970. */
  since: number;
  /** Whether the batch waits for a retry. */
  isPausing: boolean;
}

/**
 * Sends batches on edge runtimes, where connections, timers and continuations of a request stop when the request ends.
 * Each batch is therefore sent by the request that queued it. A later request that calls `hurry` takes over batches
 * that wait for a retry or have had no response within the request timeout.
 */
export class EdgeBatchQueue implements BatchQueue {
  readonly #options: BatchQueueOptions;
  /** In the order in which they were queued. */
  readonly #claims = new Map<Batch, Claim>();

  constructor(options: BatchQueueOptions) {
    this.#options = options;
  }

  push(batch: Batch): void {
    void this.#send(batch);
  }

  hurry(): void {
    const givenUpBefore = Date.now() - this.#options.requestTimeoutMs;
    for (const [batch, { isPausing, since }] of [...this.#claims])
      if (isPausing || since < givenUpBefore) void this.#send(batch);
  }

  dropOldest(): boolean {
    const [batch] = this.#claims.keys();
    if (batch === undefined) return false;
    this.#claims.delete(batch);
    this.#options.onSettled(batch, { outcome: 'dropped' });
    return true;
  }

  close(): void {
    while (this.dropOldest());
  }

  async #send(batch: Batch): Promise<void> {
    const { transport, requestTimeoutMs: timeoutMs, onRetry, onSettled } = this.#options;
    const claim: Claim = { since: 0, isPausing: false };
    this.#claims.set(batch, claim);
    for (let failures = 1; ; failures++) {
      claim.since = Date.now();
      claim.isPausing = false;
      const { url, headers, body } = batch;
      const result = await context.with(suppressTracing(ROOT_CONTEXT), () =>
        transport.send({ url, headers, body, timeoutMs }),
      );
      // The batch was dropped or taken over in the meantime.
      if (this.#claims.get(batch) !== claim) return;
      if (result.outcome !== 'retry') {
        this.#claims.delete(batch);
        onSettled(batch, result);
        return;
      }
      onRetry(result.reason);
      claim.isPausing = true;
      const pauseMs = result.afterMs ?? backoffMs(failures, Math.random());
      await new Promise((resolve) => unref(setTimeout(() => resolve(undefined), pauseMs)));
      if (this.#claims.get(batch) !== claim) return;
    }
  }
}
