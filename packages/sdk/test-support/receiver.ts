import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { decodeSpans, type SentSpan } from './decode-spans.ts';

export interface ReceivedRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly atMs: number;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Accepts the request and never responds. */
  readonly hangs?: boolean;
  /** Closes the connection without a response. */
  readonly cuts?: boolean;
}

/** A real HTTP server that records requests and responds as a test defines. */
export class Receiver {
  readonly requests: ReceivedRequest[] = [];
  /** Spans of all trace requests that got status 200. */
  readonly spans: SentSpan[] = [];
  answer: (request: ReceivedRequest, index: number) => Answer = () => ({});
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;
  #waiters: (() => void)[] = [];

  async start(port = 0): Promise<this> {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks);
        const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
        const received = { path: request.url ?? '', headers: request.headers, body, atMs: performance.now() };
        const {
          status = 200,
          headers = {},
          body: text = '',
          hangs,
          cuts,
        } = this.answer(received, this.requests.length);
        this.requests.push(received);
        if (status === 200 && !hangs && !cuts && received.path === '/v1/traces')
          this.spans.push(...decodeSpans(body));
        if (cuts) request.socket.destroy();
        else if (!hangs)
          response.writeHead(status, { 'content-type': 'application/x-protobuf', ...headers }).end(text);
        for (const wake of this.#waiters.splice(0)) wake();
      });
    });
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => this.#server?.listen(port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  get port(): number {
    return this.#port;
  }
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Resolves when the condition is true. Checks it after each request. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiters.push(resolve));
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}
