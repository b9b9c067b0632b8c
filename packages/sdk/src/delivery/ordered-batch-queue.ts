import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { unref } from '../core/unref.ts';
import type { Batch, BatchQueue, BatchQueueOptions } from './batch-queue.ts';
import { backoffMs, type SendResult } from './retry.ts';

/**
 * Sends batches one at a time and in order, and retries each until it is accepted or refused. The order matters because
 * the record of a running span must not arrive after the finished span.
 */
export class OrderedBatchQueue implements BatchQueue {
  readonly #options: BatchQueueOptions;
  readonly #batches: Batch[] = [];
  #isSending = false;
  #isClosed = false;
  #failures = 0;
  #wake: (() => void) | undefined;

  constructor(options: BatchQueueOptions) {
    this.#options = options;
  }

  push(batch: Batch): void {
    this.#batches.push(batch);
    if (!this.#isSending) void this.#send();
  }

  hurry(): void {
    this.#wake?.();
  }

  /** Drops the oldest batch that is not in flight. Returns false if there is none. */
  dropOldest(): boolean {
    const index = this.#isSending && this.#wake === undefined ? 1 : 0;
    const [batch] = this.#batches.splice(index, 1);
    if (batch === undefined) return false;
    this.#options.onSettled(batch, { outcome: 'dropped' });
    return true;
  }

  close(): void {
    this.#isClosed = true;
    for (const batch of this.#batches.splice(0)) this.#options.onSettled(batch, { outcome: 'dropped' });
    this.#wake?.();
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      const result = await this.#attempt(batch);
      if (this.#isClosed) break;
      if (result.outcome === 'retry') {
        this.#failures++;
        this.#options.onRetry(result.reason);
        await this.#pause(result.afterMs ?? backoffMs(this.#failures, Math.random()));
        continue;
      }
      this.#failures = 0;
      if (this.#batches[0] === batch) this.#batches.shift();
      this.#options.onSettled(batch, result);
    }
    this.#isSending = false;
  }

  #attempt({ url, headers, body }: Batch): Promise<SendResult> {
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
