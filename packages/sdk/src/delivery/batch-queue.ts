import type { SendResult } from './retry.ts';
import type { Transport } from './transport.ts';

/** A request that is ready to go. */
export interface Batch {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Spans or scores in it, as far as they are counted as sent. */
  readonly items: number;
  /** Records that are waited for but not counted: of running spans, of counters. */
  readonly uncounted: number;
}

export type Settled = Exclude<SendResult, { outcome: 'retry' }> | { readonly outcome: 'dropped' };

export interface BatchQueueOptions {
  readonly transport: Transport;
  readonly requestTimeoutMs: number;
  readonly onRetry: (reason: string) => void;
  /** Called once for each batch, when it has left the queue. */
  readonly onSettled: (batch: Batch, result: Settled) => void;
}

/** Where batches wait and are sent from. */
export interface BatchQueue {
  push(batch: Batch): void;
  /** Tries at once what waits for its next attempt. */
  hurry(): void;
  /** Gives up the oldest batch that can be given up; false where there is none. */
  dropOldest(): boolean;
  /** Gives up everything. */
  close(): void;
}
