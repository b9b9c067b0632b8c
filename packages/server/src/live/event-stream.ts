import type { ServerResponse } from 'node:http';
import { type LiveMessage, laggedMessage } from './live-message.ts';

/** A client that has not read for this long is disconnected. Browsers reconnect automatically. */
const STALLED_MS = 60_000;
/** Maximum number of messages that wait for a slow client. */
const MAX_QUEUED = 500;
const MAX_QUEUED_BYTES = 4 * 1024 * 1024;
/** Maximum time for which `end` waits until pending data is sent. */
const GRACE_MS = 1_000;
const HEARTBEAT = Buffer.from(':\n\n');

/** Callbacks of a stream for its owner. */
export interface StreamObserver {
  /** The stream references the message until `release` is called. */
  hold(message: LiveMessage): void;
  release(message: LiveMessage): void;
  onSent(bytes: number): void;
  /** The client is about to get the event `lagged` with this number of rows. */
  onLagged(rows: number): void;
}

/**
 * One client of server-sent events. One message at a time is written to the connection, and the next one once the system
 * has accepted it, so a client that does not read costs one message and a bounded queue of references. If the queue is
 * full it is dropped, and before new messages the client gets the event `lagged` with the number of missed rows.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #observer: StreamObserver;
  #queue: LiveMessage[] = [];
  #queuedBytes = 0;
  #sending: LiveMessage | undefined;
  #sendingSince = 0;
  /** Numbers of rows that the client missed. Undefined if it missed none. */
  #dropped: { spans: number; scores: number } | undefined;
  #ended = false;

  constructor(response: ServerResponse, observer: StreamObserver) {
    this.#response = response;
    this.#observer = observer;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      // The connection closes with the stream, because an idle connection would delay the end of the server.
      connection: 'close',
      'x-content-type-options': 'nosniff',
    });
    // The first bytes show the client that it is connected.
    response.write('retry: 2000\n\n');
    response.once('close', () => this.#close());
    response.on('error', () => response.destroy());
  }

  onClose(listener: () => void): void {
    this.#response.once('close', listener);
  }

  /** The time in ms at which the pending message was written. Undefined if no message is pending. */
  get waitingSince(): number | undefined {
    return this.#sending && this.#sendingSince;
  }

  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  send(message: LiveMessage): void {
    if (this.#ended) return;
    if (!this.#sending) {
      this.#hand(message);
      return;
    }
    const isFull =
      this.#queue.length >= MAX_QUEUED || this.#queuedBytes + message.bytes.length > MAX_QUEUED_BYTES;
    if (isFull) this.dropQueue();
    this.#queue.push(message);
    this.#queuedBytes += message.bytes.length;
    this.#observer.hold(message);
  }

  /** Drops the queue. The client later gets the number of missed rows. */
  dropQueue(): void {
    for (const message of this.#queue) {
      this.#dropped ??= { spans: 0, scores: 0 };
      this.#dropped.spans += message.spans;
      this.#dropped.scores += message.scores;
      this.#observer.release(message);
    }
    this.#queue = [];
    this.#queuedBytes = 0;
  }

  /** Keeps the connection alive through proxies, or ends it if the client does not read. Call it every few seconds. */
  beat(nowMs: number): void {
    if (this.#sending && nowMs - this.#sendingSince > STALLED_MS) this.destroy();
    else if (!this.#sending && !this.#ended) this.#response.write(HEARTBEAT);
  }

  /** Ends the stream. Data that the client has not read after one second is dropped. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.dropQueue();
    this.#response.end();
    const destroy = setTimeout(() => this.#response.destroy(), GRACE_MS);
    destroy.unref();
    this.#response.once('close', () => clearTimeout(destroy));
  }

  destroy(): void {
    this.#close();
    this.#response.destroy();
  }

  #hand(message: LiveMessage): void {
    this.#sending = message;
    this.#sendingSince = performance.now();
    this.#observer.hold(message);
    // Called when the system has accepted the bytes, or with an error when the connection is closed.
    this.#response.write(message.bytes, (error) => {
      if (error || this.#sending !== message) return;
      this.#observer.onSent(message.bytes.length);
      this.#observer.release(message);
      this.#sending = undefined;
      this.#next();
    });
  }

  #next(): void {
    if (this.#ended) return;
    if (this.#dropped) {
      const { spans, scores } = this.#dropped;
      this.#dropped = undefined;
      this.#observer.onLagged(spans + scores);
      this.#hand(laggedMessage({ spans, scores }));
      return;
    }
    const message = this.#queue.shift();
    if (!message) return;
    this.#queuedBytes -= message.bytes.length;
    this.#observer.release(message);
    this.#hand(message);
  }

  #close(): void {
    this.#ended = true;
    this.dropQueue();
    if (this.#sending) this.#observer.release(this.#sending);
    this.#sending = undefined;
  }
}
