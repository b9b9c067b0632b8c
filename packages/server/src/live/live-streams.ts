import type { ServerResponse } from 'node:http';
import { EventStream, type StreamObserver } from './event-stream.ts';
import type { LiveMessage } from './live-message.ts';

const HEARTBEAT_MS = 15_000;
const MAX_BYTES = 32 * 1024 * 1024;

export interface LiveStreamsOptions {
  /** Maximum number of open streams. */
  readonly maxStreams: number;
  /** Maximum size of messages that streams still have to send, each counted once. Default: 32 MiB. */
  readonly maxBytes?: number;
  readonly observer?: LiveObserver;
}

/** Callbacks for metrics. */
export interface LiveObserver {
  readonly onSent: (bytes: number) => void;
  /** A slow client got the event `lagged` with this number of rows. */
  readonly onLagged: (rows: number) => void;
  /** A stream was rejected because there were too many. */
  readonly onRefused: () => void;
}

/**
 * All clients of the live tail. Their number is limited, and so is the size of all messages that they still have to receive.
 * Above that limit, the streams that have waited longest lose their queues, then their connections.
 */
export class LiveStreams {
  readonly maxStreams: number;
  readonly maxBytes: number;
  readonly #observer: LiveObserver | undefined;
  readonly #streams = new Set<EventStream>();
  /** Number of streams that reference a message. */
  readonly #holders = new Map<LiveMessage, number>();
  #bytes = 0;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor({ maxStreams, maxBytes = MAX_BYTES, observer }: LiveStreamsOptions) {
    this.maxStreams = maxStreams;
    this.maxBytes = maxBytes;
    this.#observer = observer;
  }

  get count(): number {
    return this.#streams.size;
  }

  /** Size of the messages that are still to be sent. */
  get bytes(): number {
    return this.#bytes;
  }

  /** False if the maximum number of streams is open. */
  hasRoom(): boolean {
    const hasRoom = this.#streams.size < this.maxStreams;
    if (!hasRoom) this.#observer?.onRefused();
    return hasRoom;
  }

  open(response: ServerResponse): EventStream {
    const observer: StreamObserver = {
      hold: (message) => this.#hold(message),
      release: (message) => this.#release(message),
      onSent: (bytes) => this.#observer?.onSent(bytes),
      onLagged: (rows) => this.#observer?.onLagged(rows),
    };
    const stream = new EventStream(response, observer);
    this.#streams.add(stream);
    this.#heartbeat ??= setInterval(() => this.#beat(), HEARTBEAT_MS).unref();
    stream.onClose(() => {
      this.#streams.delete(stream);
      if (this.#streams.size > 0) return;
      clearInterval(this.#heartbeat);
      this.#heartbeat = undefined;
    });
    return stream;
  }

  end(): void {
    for (const stream of this.#streams) stream.end();
  }

  #beat(): void {
    const now = performance.now();
    for (const stream of this.#streams) stream.beat(now);
  }

  #hold(message: LiveMessage): void {
    const holders = this.#holders.get(message) ?? 0;
    this.#holders.set(message, holders + 1);
    if (holders > 0) return;
    this.#bytes += message.bytes.length;
    if (this.#bytes > this.maxBytes) this.#makeRoom();
  }

  #release(message: LiveMessage): void {
    const holders = this.#holders.get(message) ?? 0;
    if (holders > 1) {
      this.#holders.set(message, holders - 1);
    } else if (holders === 1) {
      this.#holders.delete(message);
      this.#bytes -= message.bytes.length;
    }
  }

  #makeRoom(): void {
    const waiting = [...this.#streams]
      .filter((stream) => stream.waitingSince !== undefined)
      .sort((a, b) => (a.waitingSince ?? 0) - (b.waitingSince ?? 0));
    for (const stream of waiting) {
      if (this.#bytes <= this.maxBytes) return;
      stream.dropQueue();
    }
    for (const stream of waiting) {
      if (this.#bytes <= this.maxBytes) return;
      stream.destroy();
    }
  }
}
