import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { unref } from '../core/unref.ts';
import type { Batch, BatchQueue, BatchQueueOptions } from './batch-queue.ts';
import { backoffMs } from './retry.ts';

/** Whoever sends a batch holds its claim. */
interface Claim {
  /** When the attempt began, in milliseconds since 1970. */
  since: number;
  /** Whether it waits for its next attempt. */
  isPausing: boolean;
}

/**
 * Sends batches at the edge, where a request takes its connections, timers and continuations with it when it ends.
 * Each batch is therefore sent by the request that brought it, and a later one that hurries takes over what was left
 * behind: what waits, and what has had no answer for longer than an answer may take.
 */
export class EdgeBatchQueue implements BatchQueue {
  readonly #options: BatchQueueOptions;
  /** In the order they came. */
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
      // Settled, dropped or taken over meanwhile.
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
