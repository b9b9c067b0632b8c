import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { DeliveryConfig, Endpoint } from '../config.ts';
import { warnOnce } from '../report.ts';
import { encodeSpans, estimateBytes, rejectedSpans } from './encode-spans.ts';
import { gzip } from './gzip.ts';
import { Lane, type Parcel, type Settled, unref } from './lane.ts';
import { createTransport, type Transport } from './transport.ts';

/*
 * From finished spans to the server.
 *
 *     add(span) → pending → [delay or full batch] → encode in slices → gzip → lane → POST, again until accepted
 *
 * Why not OpenTelemetry's batch processor and exporter: its queue is bounded by count alone; a batch is given up
 * after ten seconds of retries, so that a restart of the server loses traces; what it drops is not told; its retry
 * timers and sockets keep a finished script alive; and it encodes a whole batch in one go, which an application
 * that streams can feel. The encoding itself is OpenTelemetry's.
 */

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

interface Waiter {
  readonly until: number;
  readonly resolve: () => void;
}

const DEFAULT_FLUSH_MS = 10_000;
/** Of one request: of the longest that there can be, as many as the server reads at once. */
const MAX_SCORES = 50;
const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

export class Delivery {
  readonly #config: DeliveryConfig;
  readonly #endpoint: Endpoint;
  readonly #transport: Transport;
  readonly #lanes: { readonly spans: Lane; readonly scores: Lane; readonly counters: Lane };
  #pending: ReadableSpan[] = [];
  #pendingBytes = 0;
  #started: ReadableSpan[] = [];
  #scores: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the timer is set for a full batch. */
  #isUrgent = false;
  #packing: Promise<void> | undefined;
  #isClosed = false;
  /** Items taken in and items that have left, one way or another; a flush waits for the second to reach the first. */
  #taken = 0;
  #settled = 0;
  #packedBytes = 0;
  #sent = 0;
  #requests = 0;
  #retries = 0;
  #lastError: string | undefined;
  readonly #dropped: Record<DropReason, number> = {
    queueFull: 0,
    refused: 0,
    rejected: 0,
    unencodable: 0,
    shutdown: 0,
  };
  #waiters: Waiter[] = [];

  constructor(config: DeliveryConfig, endpoint: Endpoint) {
    this.#config = config;
    this.#endpoint = endpoint;
    this.#transport = createTransport();
    const lane = () =>
      new Lane({
        transport: this.#transport,
        requestTimeoutMs: config.requestTimeoutMs,
        onRetry: (reason) => {
          this.#requests++;
          this.#retries++;
          this.#lastError = reason;
        },
        onSettled: (parcel, result) => this.#onSettled(parcel, result),
      });
    this.#lanes = { spans: lane(), scores: lane(), counters: lane() };
  }

  /** Takes a finished span. Never blocks; drops and counts where there is no room. */
  add(span: ReadableSpan): void {
    const bytes = estimateBytes(span);
    if (!this.#makeRoom(bytes)) return;
    this.#taken++;
    this.#pendingBytes += bytes;
    this.#pending.push(span);
    this.#schedule();
  }

  /** Takes a span that is still open, to be shown as running. */
  addRunning(span: ReadableSpan): void {
    if (this.#isClosed || this.#started.length >= this.#config.maxBatchSpans) return;
    this.#taken++;
    this.#started.push(span);
    this.#schedule();
  }

  /** Takes one score, as JSON. */
  addScore(json: string): void {
    if (!this.#makeRoom(json.length)) return;
    this.#taken++;
    this.#pendingBytes += json.length;
    this.#scores.push(json);
    this.#schedule();
  }

  /** Sends a small OTLP/JSON metrics request; kept apart, so that a backend without metrics holds up nothing. */
  sendCounters(json: string): void {
    if (this.#isClosed) return;
    this.#taken++;
    const body = new TextEncoder().encode(json);
    this.#packedBytes += body.byteLength;
    this.#lanes.counters.push({
      url: this.#endpoint.metricsUrl,
      headers: { ...this.#endpoint.headers, 'content-type': JSON_TYPE },
      body,
      items: 0,
      uncounted: 1,
    });
  }

  /**
   * Resolves when all that was taken so far has left, or after the time: true if everything was settled.
   * Holds the process open while it waits. Never rejects.
   */
  async flush(timeoutMs: number = DEFAULT_FLUSH_MS): Promise<boolean> {
    const until = this.#taken;
    if (this.#settled >= until) return true;
    this.#transport.hold(true);
    this.#pack();
    for (const lane of Object.values(this.#lanes)) lane.hurry();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const isSettled = await new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs);
      this.#waiters.push({ until, resolve: () => resolve(true) });
      this.#notify();
    });
    clearTimeout(timer);
    this.#transport.hold(false);
    return isSettled;
  }

  /** Flushes within the time, then stops; what is left is dropped and counted. */
  async shutdown(timeoutMs: number): Promise<boolean> {
    const isComplete = timeoutMs > 0 && !this.#isClosed ? await this.flush(timeoutMs) : false;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const lane of Object.values(this.#lanes)) lane.close();
    this.#transport.close();
    const left = this.#pending.length + this.#scores.length;
    this.#dropped.shutdown += left;
    this.#settle(left + this.#started.length);
    this.#pending = [];
    this.#scores = [];
    this.#started = [];
    this.#pendingBytes = 0;
    return isComplete;
  }

  stats(): DeliveryStats {
    return {
      waiting: this.#taken - this.#settled,
      waitingBytes: this.#pendingBytes + this.#packedBytes,
      sent: this.#sent,
      dropped: { ...this.#dropped },
      requests: this.#requests,
      retries: this.#retries,
      lastError: this.#lastError,
    };
  }

  /** Whether anything waits to be sent. */
  get isIdle(): boolean {
    return this.#taken === this.#settled;
  }

  #makeRoom(bytes: number): boolean {
    if (this.#isClosed) {
      this.#dropped.shutdown++;
      return false;
    }
    const { maxQueueSpans, maxQueueBytes } = this.#config;
    while (
      this.#taken - this.#settled >= maxQueueSpans ||
      this.#pendingBytes + this.#packedBytes + bytes > maxQueueBytes
    ) {
      // The oldest goes first: whoever looks after an outage looks for what happens now.
      const isPossible = bytes <= maxQueueBytes;
      if (
        isPossible &&
        (this.#lanes.spans.dropOldest() || this.#dropPending() || this.#lanes.scores.dropOldest())
      )
        continue;
      this.#dropped.queueFull++;
      return false;
    }
    return true;
  }

  /** Gives up a tenth of what is not packed yet, rather than one at a time: that would move the rest each time. */
  #dropPending(): boolean {
    const spans = this.#pending.splice(0, Math.ceil(this.#pending.length / 10));
    for (const span of spans) this.#pendingBytes -= estimateBytes(span);
    this.#dropped.queueFull += spans.length;
    this.#settle(spans.length);
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
    this.#packing ??= this.#packAll().finally(() => {
      this.#packing = undefined;
      if (this.#pending.length + this.#scores.length + this.#started.length === 0) return;
      if (this.#waiters.length > 0) this.#pack();
      else this.#schedule();
    });
  }

  async #packAll(): Promise<void> {
    this.#packScores();
    // What arrives while this runs is for the next time, but for full batches.
    do await this.#packBatch();
    while (!this.#isClosed && this.#pending.length >= this.#config.maxBatchSpans);
  }

  async #packBatch(): Promise<void> {
    const ended = this.#pending.splice(0, this.#config.maxBatchSpans);
    // A span that has ended in the meantime will be sent as such.
    const started = this.#started.splice(0);
    const running = started.filter((span) => !span.ended);
    this.#settle(started.length - running.length);
    if (ended.length + running.length === 0) return;
    const estimated = ended.reduce((sum, span) => sum + estimateBytes(span), 0);
    await resourcesReady(ended);
    const { body, spans, failed } = await encodeSpans([...running, ...ended], nextTurn);
    const zipped = this.#config.gzip ? await gzip(body) : undefined;
    this.#pendingBytes = Math.max(0, this.#pendingBytes - estimated);
    this.#dropped.unencodable += failed;
    const items = Math.max(0, spans - running.length);
    const uncounted = spans - items;
    this.#settle(failed);
    if (this.#isClosed) {
      this.#dropped.shutdown += items;
      this.#settle(spans);
      return;
    }
    const content = zipped ?? body;
    this.#packedBytes += content.byteLength;
    this.#lanes.spans.push({
      url: this.#endpoint.tracesUrl,
      headers: {
        ...this.#endpoint.headers,
        'content-type': PROTOBUF,
        ...(zipped ? { 'content-encoding': 'gzip' } : {}),
      },
      body: content,
      items,
      uncounted,
    });
  }

  #packScores(): void {
    while (this.#scores.length > 0) {
      const scores = this.#scores.splice(0, MAX_SCORES);
      const body = new TextEncoder().encode(`[${scores.join(',')}]`);
      const estimated = scores.reduce((sum, { length }) => sum + length, 0);
      this.#pendingBytes = Math.max(0, this.#pendingBytes - estimated);
      this.#packedBytes += body.byteLength;
      this.#lanes.scores.push({
        url: this.#endpoint.scoresUrl,
        headers: { ...this.#endpoint.headers, 'content-type': JSON_TYPE },
        body,
        items: scores.length,
        uncounted: 0,
      });
    }
  }

  #onSettled({ url, body, items, uncounted }: Parcel, result: Settled): void {
    this.#packedBytes -= body.byteLength;
    if (result.outcome === 'dropped') {
      this.#dropped[this.#isClosed ? 'shutdown' : 'queueFull'] += items;
    } else {
      this.#requests++;
      if (result.outcome === 'accepted') {
        const rejected = Math.min(items, rejectedSpans(result.body, result.contentType));
        this.#dropped.rejected += rejected;
        this.#sent += items - rejected;
        if (result.contentType.includes('text/html'))
          warnOnce(`${url} answered with a web page: is this the address of a Throughline server?`);
      } else {
        this.#dropped.refused += items;
        this.#lastError = result.reason;
        // Other backends have no scores and perhaps no metrics; that is no news.
        if (url === this.#endpoint.tracesUrl) warnOnce(`${url} refuses traces: ${result.reason}`);
      }
    }
    this.#settle(items + uncounted);
  }

  #settle(items: number): void {
    this.#settled += items;
    this.#notify();
  }

  #notify(): void {
    if (this.#waiters.length === 0) return;
    const done = this.#waiters.filter(({ until }) => this.#settled >= until);
    this.#waiters = this.#waiters.filter(({ until }) => this.#settled < until);
    for (const { resolve } of done) resolve();
  }
}

async function resourcesReady(spans: readonly ReadableSpan[]): Promise<void> {
  const resources = new Set(spans.map(({ resource }) => resource));
  for (const resource of resources) {
    if (resource.asyncAttributesPending) await resource.waitForAsyncAttributes?.().catch(() => {});
  }
}

/** Lets the application's own events go first. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
