import type * as Http from 'node:http';
import type * as Https from 'node:https';
import { builtins } from '../core/runtime.ts';
import { resultOf, type SendResult } from './retry.ts';

export interface Request {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
}

export interface Transport {
  /** Sends one request. Never rejects. */
  send(request: Request): Promise<SendResult>;
  /** Sets whether requests in flight keep the process alive. A flush turns this on while it waits. */
  hold(holds: boolean): void;
  close(): void;
}

/** Valid responses are a few bytes. A longer one is not from a Throughline server and is not read. */
const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Uses `node:http` if it exists, because its sockets can be unreferenced. With `fetch`, a server that never responds
 * would delay the exit of every script. Other runtimes use `fetch`.
 */
export function createTransport(): Transport {
  const builtin = builtins();
  const http = builtin?.('node:http');
  const https = builtin?.('node:https');
  return http && https ? new NodeTransport(http, https) : new FetchTransport();
}

class NodeTransport implements Transport {
  readonly #http: typeof Http;
  readonly #https: typeof Https;
  readonly #agents: { readonly 'http:': Http.Agent; readonly 'https:': Https.Agent };
  readonly #open = new Set<Http.ClientRequest>();
  #holds = false;

  constructor(http: typeof Http, https: typeof Https) {
    this.#http = http;
    this.#https = https;
    const options = { keepAlive: true, maxSockets: 2 };
    this.#agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) };
  }

  send(request: Request): Promise<SendResult> {
    return new Promise((resolve) => {
      try {
        this.#start(request, resolve);
      } catch (error) {
        resolve({ outcome: 'refused', reason: String(error), status: 0 });
      }
    });
  }

  #start({ url, headers, body, timeoutMs }: Request, resolve: (result: SendResult) => void): void {
    const { protocol } = new URL(url);
    const isSecure = protocol === 'https:';
    const request = (isSecure ? this.#https : this.#http).request(url, {
      method: 'POST',
      agent: this.#agents[isSecure ? 'https:' : 'http:'],
      headers: { ...headers, 'content-length': String(body.byteLength) },
    });
    const timer = setTimeout(() => settle(retry(`no response within ${timeoutMs} ms`)), timeoutMs);
    timer.unref();
    this.#open.add(request);
    const settle = (result: SendResult) => {
      clearTimeout(timer);
      if (!this.#open.delete(request)) return;
      if (result.outcome === 'retry' && !request.closed) request.destroy();
      resolve(result);
    };
    request.on('socket', (socket) => (this.#holds ? socket.ref() : socket.unref()));
    request.on('error', (error) => settle(retry(error.message)));
    request.on('response', (response) => {
      const { statusCode = 0, headers: answered } = response;
      readAnswer(response, (bytes) =>
        settle(
          resultOf(statusCode, answered['retry-after'], bytes, answered['content-type'] ?? '', Date.now()),
        ),
      );
      response.on('error', (error) => settle(retry(error.message)));
      response.on('close', () => settle(retry('the connection was lost')));
    });
    request.end(body);
  }

  hold(holds: boolean): void {
    this.#holds = holds;
    for (const { socket } of this.#open) holds ? socket?.ref() : socket?.unref();
  }

  close(): void {
    for (const request of this.#open) request.destroy();
    this.#agents['http:'].destroy();
    this.#agents['https:'].destroy();
  }
}

function readAnswer(response: Http.IncomingMessage, done: (bytes: Uint8Array | undefined) => void): void {
  const chunks: Uint8Array[] = [];
  let size = 0;
  response.on('data', (chunk: Uint8Array) => {
    size += chunk.byteLength;
    if (size <= MAX_ANSWER_BYTES) {
      chunks.push(chunk);
      return;
    }
    done(undefined);
    response.destroy();
  });
  response.on('end', () => done(joinBytes(chunks, size)));
}

class FetchTransport implements Transport {
  readonly #closing = new AbortController();

  async send({ url, headers, body, timeoutMs }: Request): Promise<SendResult> {
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(new Error(`no response within ${timeoutMs} ms`)), timeoutMs);
    const close = () => timeout.abort(new Error('closed'));
    this.#closing.signal.addEventListener('abort', close);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: body as Uint8Array<ArrayBuffer>,
        signal: timeout.signal,
        redirect: 'manual',
      });
      const bytes = await readBody(response);
      const contentType = response.headers.get('content-type') ?? '';
      return resultOf(
        response.status,
        response.headers.get('retry-after') ?? undefined,
        bytes,
        contentType,
        Date.now(),
      );
    } catch (error) {
      return retry(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
      this.#closing.signal.removeEventListener('abort', close);
    }
  }

  hold(): void {}

  close(): void {
    this.#closing.abort();
  }
}

async function readBody(response: Response): Promise<Uint8Array | undefined> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > MAX_ANSWER_BYTES) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  return joinBytes(chunks, size);
}

function retry(reason: string): SendResult {
  return { outcome: 'retry', reason };
}

export function joinBytes(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}
