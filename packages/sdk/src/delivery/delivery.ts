import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { DeliveryConfig, Endpoint } from '../core/config.ts';
import { warnOnce } from '../core/report.ts';
import { IS_EDGE } from '../core/runtime.ts';
import { unref } from '../core/unref.ts';
import type { Batch, BatchQueue, BatchQueueOptions, Settled } from './batch-queue.ts';
import { DeliveryCounters, type DeliveryStats } from './delivery-counters.ts';
import { EdgeBatchQueue } from './edge-batch-queue.ts';
import { estimateBytes, rejectedSpans } from './encode-spans.ts';
import { OrderedBatchQueue } from './ordered-batch-queue.ts';
import { countersBatch, type PackedSpans, packSpans, packSpansAtOnce, scoresBatch } from './pack-batches.ts';
import { createTransport, type Transport } from './transport.ts';

/*
 * Sends finished spans to the server:
 *
 *     add(span) → pending → [delay or full batch] → encode in slices → gzip → queue → POST, retried until accepted
 *
 * The SDK does not use OpenTelemetry's batch processor and exporter for these reasons:
 * - Their queue is limited by span count only, not by bytes.
 * - They drop a batch after ten seconds of retries, so that a restart of the server loses traces.
 * - They do not report what they drop.
 * - Their retry timers and sockets keep a finished script alive.
 * - They encode a whole batch at once, which delays an application that streams.
 * The protobuf encoding itself is OpenTelemetry's.
 */

/** Scores per request. With this limit, even scores of maximum size fit into one request of the server. */
const MAX_SCORES = 50;

export class Delivery {
  readonly #config: DeliveryConfig;
  readonly #endpoint: Endpoint;
  readonly #transport: Transport;
  readonly #queues: Readonly<Record<'spans' | 'scores' | 'counters', BatchQueue>>;
  #pending: ReadableSpan[] = [];
  #pendingBytes = 0;
  #started: ReadableSpan[] = [];
  #scores: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the timer is set for a full batch. */
  #isUrgent = false;
  #packing: Promise<void> | undefined;
  #isClosed = false;
  readonly #counters = new DeliveryCounters();
  #packedBytes = 0;

  constructor(config: DeliveryConfig, endpoint: Endpoint) {
    this.#config = config;
    this.#endpoint = endpoint;
    this.#transport = createTransport();
    const options: BatchQueueOptions = {
      transport: this.#transport,
      requestTimeoutMs: config.requestTimeoutMs,
      onRetry: (reason) => this.#counters.retry(reason),
      onSettled: (batch, result) => this.#onSettled(batch, result),
    };
    const queue = () => (IS_EDGE ? new EdgeBatchQueue(options) : new OrderedBatchQueue(options));
    this.#queues = { spans: queue(), scores: queue(), counters: queue() };
  }

  /** Queues a finished span. Never blocks. If the queue is full, the oldest spans are dropped and counted. */
  add(span: ReadableSpan): void {
    const bytes = estimateBytes(span);
    if (!this.#makeRoom(bytes)) return;
    this.#counters.take();
    this.#pendingBytes += bytes;
    this.#pending.push(span);
    this.#schedule();
  }

  /** Queues a span that is still open, so that the server shows it as running. */
  addRunning(span: ReadableSpan): void {
    if (this.#isClosed || this.#started.length >= this.#config.maxBatchSpans) return;
    this.#counters.take();
    this.#started.push(span);
    this.#schedule();
  }

  /** Queues one score, as JSON. */
  addScore(json: string): void {
    if (!this.#makeRoom(json.length)) return;
    this.#counters.take();
    this.#pendingBytes += json.length;
    this.#scores.push(json);
    this.#schedule();
  }

  /** Sends a small OTLP/JSON metrics request. It has its own queue, so that a backend without metrics blocks nothing. */
  sendCounters(json: string): void {
    if (this.#isClosed) return;
    this.#counters.take();
    this.#send(this.#queues.counters, countersBatch(this.#endpoint, json));
  }

  /**
   * Sends all queued items. Resolves to true when they are settled, or to false after the timeout. Keeps the process
   * alive while it waits. Never rejects.
   */
  async flush(timeoutMs: number = this.#config.exitTimeoutMs): Promise<boolean> {
    if (this.isIdle) return true;
    this.#transport.hold(true);
    const settled = this.#counters.whenSettled(timeoutMs);
    this.#pack();
    for (const queue of Object.values(this.#queues)) queue.hurry();
    const isSettled = await settled;
    this.#transport.hold(false);
    return isSettled;
  }

  /** Flushes for at most `timeoutMs`, then stops. Remaining items are dropped and counted. */
  async shutdown(timeoutMs: number): Promise<boolean> {
    const isComplete = timeoutMs > 0 && !this.#isClosed ? await this.flush(timeoutMs) : false;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const queue of Object.values(this.#queues)) queue.close();
    this.#transport.close();
    const left = this.#pending.length + this.#scores.length;
    this.#counters.drop('shutdown', left);
    this.#counters.settle(left + this.#started.length);
    this.#pending = [];
    this.#scores = [];
    this.#started = [];
    this.#pendingBytes = 0;
    return isComplete;
  }

  stats(): DeliveryStats {
    return this.#counters.stats(this.#pendingBytes + this.#packedBytes);
  }

  /** Whether nothing is queued or in flight. */
  get isIdle(): boolean {
    return this.#counters.waiting === 0;
  }

  #makeRoom(bytes: number): boolean {
    if (this.#isClosed) {
      this.#counters.drop('shutdown', 1);
      return false;
    }
    const { maxQueueSpans, maxQueueBytes } = this.#config;
    while (
      this.#counters.waiting >= maxQueueSpans ||
      this.#pendingBytes + this.#packedBytes + bytes > maxQueueBytes
    ) {
      // Drops the oldest items first, because after an outage the most recent traces matter most.
      const isPossible = bytes <= maxQueueBytes;
      if (
        isPossible &&
        (this.#queues.spans.dropOldest() || this.#dropPending() || this.#queues.scores.dropOldest())
      )
        continue;
      this.#counters.drop('queueFull', 1);
      return false;
    }
    return true;
  }

  /** Drops a tenth of the pending spans at once, because each removal at the front moves all others. */
  #dropPending(): boolean {
    const spans = this.#pending.splice(0, Math.ceil(this.#pending.length / 10));
    for (const span of spans) this.#pendingBytes -= estimateBytes(span);
    this.#counters.drop('queueFull', spans.length);
    this.#counters.settle(spans.length);
    return spans.length > 0;
  }

  #schedule(): void {
    if (this.#packing !== undefined) return;
    const isFull = this.#pending.length >= this.#config.maxBatchSpans;
    if (this.#timer !== undefined) {
      if (!isFull || this.#isUrgent) return;
      clearTimeout(this.#timer);
    }
    this.#isUrgent = isFull;
    this.#timer = setTimeout(() => this.#pack(), isFull ? 0 : this.#config.delayMs);
    unref(this.#timer);
  }

  #pack(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (IS_EDGE) {
      this.#packAtOnce();
      return;
    }
    this.#packing ??= this.#packAll().finally(() => {
      this.#packing = undefined;
      if (this.#pending.length + this.#scores.length + this.#started.length === 0) return;
      if (this.#counters.isAwaited) this.#pack();
      else this.#schedule();
    });
  }

  async #packAll(): Promise<void> {
    this.#packScores();
    // Spans that arrive while this runs are left for the next run, unless they fill a batch.
    do await this.#packBatch();
    while (!this.#isClosed && this.#pending.length >= this.#config.maxBatchSpans);
  }

  /** Packs synchronously on edge runtimes, where asynchronous work is lost when the request ends. */
  #packAtOnce(): void {
    this.#packScores();
    while (this.#pending.length + this.#started.length > 0) {
      const { ended, running, bytes } = this.#takeBatch();
      if (ended.length + running.length > 0)
        this.#sendSpans(packSpansAtOnce(this.#endpoint, ended, running), bytes);
    }
  }

  async #packBatch(): Promise<void> {
    const { ended, running, bytes } = this.#takeBatch();
    if (ended.length + running.length > 0)
      this.#sendSpans(await packSpans(this.#endpoint, ended, running, this.#config.gzip), bytes);
  }

  #takeBatch() {
    const ended = this.#pending.splice(0, this.#config.maxBatchSpans);
    // Spans that have ended in the meantime are not sent as running.
    const started = this.#started.splice(0);
    const running = started.filter((span) => !span.ended);
    this.#counters.settle(started.length - running.length);
    return { ended, running, bytes: ended.reduce((sum, span) => sum + estimateBytes(span), 0) };
  }

  /** @param bytes Estimated size of the spans, which was added to `#pendingBytes`. */
  #sendSpans({ batch, failed }: PackedSpans, bytes: number): void {
    this.#pendingBytes = Math.max(0, this.#pendingBytes - bytes);
    this.#counters.drop('unencodable', failed);
    this.#counters.settle(failed);
    if (this.#isClosed) {
      this.#counters.drop('shutdown', batch.items);
      this.#counters.settle(batch.items + batch.uncounted);
      return;
    }
    this.#send(this.#queues.spans, batch);
  }

  #packScores(): void {
    while (this.#scores.length > 0) {
      const scores = this.#scores.splice(0, MAX_SCORES);
      const estimated = scores.reduce((sum, { length }) => sum + length, 0);
      this.#pendingBytes = Math.max(0, this.#pendingBytes - estimated);
      this.#send(this.#queues.scores, scoresBatch(this.#endpoint, scores));
    }
  }

  #send(queue: BatchQueue, batch: Batch): void {
    this.#packedBytes += batch.body.byteLength;
    queue.push(batch);
  }

  #onSettled({ url, body, items, uncounted }: Batch, result: Settled): void {
    this.#packedBytes -= body.byteLength;
    switch (result.outcome) {
      case 'dropped':
        this.#counters.drop(this.#isClosed ? 'shutdown' : 'queueFull', items);
        break;
      case 'accepted': {
        const rejected = Math.min(items, rejectedSpans(result.body, result.contentType));
        this.#counters.accept(items - rejected);
        this.#counters.drop('rejected', rejected);
        if (result.contentType.includes('text/html'))
          warnOnce(`${url} responded with a web page: check that it is the address of a Throughline server`);
        break;
      }
      case 'refused':
        this.#counters.refuse(items, result.reason);
        // No warning for scores and metrics, which other backends may not support.
        if (url === this.#endpoint.tracesUrl) warnOnce(`${url} refuses traces: ${result.reason}`);
    }
    this.#counters.settle(items + uncounted);
  }
}
