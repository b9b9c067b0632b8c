import type { ServerResponse } from 'node:http';

const HEARTBEAT_MS = 15_000;
/** What may wait for a slow reader. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024;
const GRACE_MS = 5_000;

/**
 * One client of server-sent events. A client that reads slower than events come is told so with the event
 * `lagged` and let go, so that it costs no more than its buffer.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #heartbeat: NodeJS.Timeout;
  readonly #maxBufferedBytes: number;
  #ended = false;

  constructor(response: ServerResponse, maxBufferedBytes = MAX_BUFFERED_BYTES) {
    this.#response = response;
    this.#maxBufferedBytes = maxBufferedBytes;
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      // When the stream ends there is nothing to wait for; an idle connection would hold up the end of the server.
      connection: 'close',
      'x-content-type-options': 'nosniff',
    });
    // The first bytes tell the client that it is connected.
    response.write('retry: 2000\n\n');
    this.#heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
    this.#heartbeat.unref();
    response.once('close', () => clearInterval(this.#heartbeat));
    response.on('error', () => response.destroy());
  }

  onClose(listener: () => void): void {
    this.#response.once('close', listener);
  }

  send(event: string, data: unknown): void {
    if (this.#ended) return;
    if (this.#response.writableLength > this.#maxBufferedBytes) {
      this.#response.write('event: lagged\ndata: {}\n\n');
      this.end();
      return;
    }
    this.#response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#response.end();
    const destroy = setTimeout(() => this.#response.destroy(), GRACE_MS);
    destroy.unref();
    this.#response.once('close', () => clearTimeout(destroy));
  }
}
