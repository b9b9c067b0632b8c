/**
 * OTLP over gRPC: unary calls on Node's HTTP/2. Sources: opentelemetry-proto `docs/specification.md`, "OTLP/gRPC", and
 * "gRPC over HTTP2" in the documentation of gRPC. The workers get the messages as received, so the main thread neither
 * decompresses them nor holds memory that is not reserved. `docs/decisions/006-grpc-on-http2.md` explains why no library
 * is used.
 */
import {
  constants,
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import { type ApiKeys, KEY_REQUIRED } from '../../access/api-keys.ts';
import { groupOf, type MemoryReservation } from '../../admission/admission.ts';
import type { AdmissionParts } from '../../admission/admit-bodies.ts';
import { PACE } from '../../admission/arrival.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import { GRPC_CODES, grpcCodeName } from '../../errors/grpc-code.ts';
import { StartupError } from '../../errors/startup-error.ts';
import type { ContentEncoding } from '../../ingest/pool/messages.ts';
import { encodeExportResponse } from '../../otlp/export-response.ts';
import { projectOfHeaders, validProjectOfHeaders } from '../../project/project-of-request.ts';
import type { OtlpParts } from '../otlp-http/otlp-plugin.ts';
import { SIGNALS, type Signal } from '../otlp-signals.ts';
import { readGrpcMessage } from './grpc-message.ts';
import { grpcFailureOf } from './grpc-status.ts';

export interface GrpcParts
  extends Pick<OtlpParts, 'acceptOtlp' | 'maxBodyBytes' | 'onAnswered'>,
    AdmissionParts {
  readonly log: FastifyBaseLogger;
  readonly apiKeys: ApiKeys;
}

export interface GrpcServer {
  /** The port that the server listens on. */
  readonly port: number;
  /** Finishes the calls in progress. */
  close(): Promise<void>;
}

/** The server cannot listen. The message is written for its operator. */
export class GrpcListenError extends StartupError {
  override readonly name = 'GrpcListenError';
}

/** Exporters make one call at a time, so more calls on one connection would only hold memory. */
const MAX_CONCURRENT_CALLS = 64;
/** Flow control window of a connection: the sum of the windows of its calls, 65,535 bytes each. */
const CONNECTION_WINDOW_BYTES = MAX_CONCURRENT_CALLS * 65_535;
/** Interval between pings. A client that is gone without closing its connection is noticed after two of them. */
const KEEPALIVE_MS = 60_000;
/** Calls that have not ended after this time are cut off. */
const CLOSE_GRACE_MS = 10_000;

const ENCODINGS: Readonly<Record<string, ContentEncoding>> = {
  identity: 'identity',
  gzip: 'gzip',
  deflate: 'deflate',
  zstd: 'zstd',
};
const HEADERS = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': Object.keys(ENCODINGS).join(),
};
const CANCELLED = 1;
const INTERNAL = 13;

/** @throws GrpcListenError */
export async function startGrpcServer(
  parts: GrpcParts,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<GrpcServer> {
  const server = createServer({ settings: { maxConcurrentStreams: MAX_CONCURRENT_CALLS } });
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    // With the default window, calls that wait for room would block the other calls of their connection.
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    const stopWatching = endWhenGone(session);
    session.on('close', () => {
      stopWatching();
      sessions.delete(session);
    });
  });
  // Emitted for clients that do not use HTTP/2. Node closes their connections.
  server.on('sessionError', () => {});
  const signals = new Map(SIGNALS.map((signal) => [`/${signal.grpcService}/Export`, signal]));
  server.on('stream', (stream, headers) => {
    // Errors of a stream are handled by the code that reads or writes it.
    stream.on('error', () => {});
    if (!isGrpc(headers)) return stream.respond({ ':status': 415 }, { endStream: true });
    const signal = signals.get(String(headers[':path']));
    if (signal) return void answerCall(parts, signal, stream, headers);
    if (!parts.apiKeys.allows(headers)) return sendFailure(stream, GRPC_CODES.UNAUTHENTICATED, KEY_REQUIRED);
    sendFailure(stream, GRPC_CODES.UNIMPLEMENTED, `there is no method ${headers[':path']}`);
  });
  await listen(server, host, port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () => close(server, sessions),
  };
}

function isGrpc(headers: IncomingHttpHeaders): boolean {
  return (
    headers[':method'] === 'POST' && /^application\/grpc(\+proto)?($|;)/.test(headers['content-type'] ?? '')
  );
}

async function answerCall(
  parts: GrpcParts,
  signal: Signal,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): Promise<void> {
  const userAgent = headers['user-agent'];
  const report = (code: number, error?: unknown) =>
    parts.onAnswered?.({
      signal: signal.kind,
      transport: 'grpc',
      status: grpcCodeName(code),
      ...(error instanceof ThroughlineError && { error }),
      project: validProjectOfHeaders(headers),
      userAgent,
    });
  try {
    if (!parts.apiKeys.allows(headers)) throw new ThroughlineError('unauthorized', KEY_REQUIRED);
    const partial = await acceptCall(parts, signal, stream, headers);
    sendResponse(stream, encodeExportResponse('protobuf', signal.rejectedField, partial));
    report(0);
  } catch (error) {
    // If the client disconnects before the last byte, no reply is possible, and it is not its error. Clients can end a
    // message that they cancel, and reset the stream with the next frame.
    await nextTurn();
    if (stream.closed || stream.destroyed) return report(CANCELLED);
    const { code, message, details } = grpcFailureOf(error);
    if (code === INTERNAL) parts.log.error({ err: error }, 'an OTLP call failed');
    report(code, error);
    sendFailure(stream, code, message, details);
  }
}

async function acceptCall(
  { admission, maxBodyBytes, pace = PACE, acceptOtlp }: GrpcParts,
  { kind }: Signal,
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
): ReturnType<OtlpParts['acceptOtlp']> {
  const group = groupOf(validProjectOfHeaders(headers), stream.session?.socket?.remoteAddress);
  let reservation: MemoryReservation | undefined;
  try {
    const reading = readGrpcMessage(stream, {
      maxBytes: maxBodyBytes,
      pace,
      enter: (bytes) => {
        const entered = admission.enter(group, bytes);
        // The client can disconnect while the call waits.
        stream.once('close', () => entered.leave());
        reservation = entered;
        return entered;
      },
    });
    const { isCompressed, body } = await Promise.race([reading, closed(stream)]);
    return await acceptOtlp(kind, {
      body,
      contentType: 'protobuf',
      contentEncoding: isCompressed ? encodingOf(headers) : 'identity',
      project: projectOfHeaders(headers),
      userAgent: headers['user-agent'],
      group,
      reservation,
    });
  } finally {
    reservation?.leave();
  }
}

/** Rejects if the client resets the stream, because reads would then wait forever. */
function closed(stream: ServerHttp2Stream): Promise<never> {
  return new Promise((_, reject) => {
    stream.once('close', () => reject(new Error('the stream was closed')));
  });
}

function encodingOf(headers: IncomingHttpHeaders): ContentEncoding {
  const name = String(headers['grpc-encoding'] ?? 'identity');
  const known = Object.hasOwn(ENCODINGS, name) ? ENCODINGS[name] : undefined;
  if (known) return known;
  throw new ThroughlineError(
    'unsupported-content-encoding',
    `the message is compressed with ${JSON.stringify(name)}, expected gzip, deflate or zstd`,
  );
}

function sendResponse(stream: ServerHttp2Stream, message: Buffer): void {
  if (stream.destroyed) return;
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.end(Buffer.concat([prefix, message]));
}

/** Sends only the status, without waiting for the rest of the message. */
function sendFailure(stream: ServerHttp2Stream, code: number, message: string, details?: Buffer): void {
  if (stream.destroyed) return;
  stream.respond(
    {
      ...HEADERS,
      'grpc-status': String(code),
      'grpc-message': percentEncoded(message),
      ...(details && { 'grpc-status-details-bin': details.toString('base64') }),
    },
    { endStream: true },
  );
  stream.close(constants.NGHTTP2_NO_ERROR);
  // Received data that is not read would keep the stream open.
  stream.resume();
}

/** Percent-encodes everything but printable ASCII. Source: gRPC over HTTP/2, "Status-Message". */
function percentEncoded(message: string): string {
  return Buffer.from(message)
    .reduce<string[]>((text, byte) => {
      const isPlain = byte >= 0x20 && byte < 0x7f && byte !== 0x25;
      text.push(isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`);
      return text;
    }, [])
    .join('');
}

/** Sends pings and ends the session if one is not answered. Returns a function that stops the pings. */
function endWhenGone(session: ServerHttp2Session): () => void {
  let isAlive = true;
  const timer = setInterval(() => {
    if (!isAlive) return session.destroy();
    isAlive = false;
    if (!session.destroyed)
      session.ping(() => {
        isAlive = true;
      });
  }, KEEPALIVE_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function listen(server: Http2Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `Port ${port} of OTLP/gRPC is in use. Stop the process that uses it, or choose a different port with --grpc-port.`
          : `OTLP/gRPC cannot listen on ${host}:${port}: ${error.message}`;
      reject(new GrpcListenError(reason, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

async function close(server: Http2Server, sessions: ReadonlySet<ServerHttp2Session>): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  for (const session of sessions) session.close();
  const timer = setTimeout(() => {
    for (const session of sessions) session.destroy();
  }, CLOSE_GRACE_MS);
  await closed;
  clearTimeout(timer);
}
