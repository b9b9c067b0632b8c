import type { SendResult } from './retry.ts';
import type { Transport } from './transport.ts';

/** A request that is ready to be sent. */
export interface Batch {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Number of spans or scores in the request that count as sent once it is accepted. */
  readonly items: number;
  /** Number of records that a flush waits for but that do not count as sent: running spans and counters. */
  readonly uncounted: number;
}

export type Settled = Exclude<SendResult, { outcome: 'retry' }> | { readonly outcome: 'dropped' };

export interface BatchQueueOptions {
  readonly transport: Transport;
  readonly requestTimeoutMs: number;
  readonly onRetry: (reason: string) => void;
  /** Called once for each batch, when it leaves the queue. */
  readonly onSettled: (batch: Batch, result: Settled) => void;
}

/** Holds batches until they are sent. */
export interface BatchQueue {
  push(batch: Batch): void;
  /** Sends batches that wait for a retry now. */
  hurry(): void;
  /** Drops the oldest batch that may be dropped. Returns false if there is none. */
  dropOldest(): boolean;
  /** Drops all batches. */
  close(): void;
}
