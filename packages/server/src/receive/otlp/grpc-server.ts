/**
 * OTLP over gRPC. Source: opentelemetry-proto `docs/specification.md`, "OTLP/gRPC".
 * The messages are handed to the workers as the bytes they came in: there is no second decoder. gRPC itself bears
 * gzip and deflate, and refuses a message beyond the limit, before or after decompression, with RESOURCE_EXHAUSTED.
 */
import {
  type handleUnaryCall,
  logVerbosity,
  type Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  setLogVerbosity,
  status,
} from '@grpc/grpc-js';
import type { FastifyBaseLogger } from 'fastify';
import type { InFlightBytes } from '../admission.ts';
import { projectOfHeader } from '../project-of-header.ts';
import { admitCalls, refusedCall, serviceErrorOf, textOf } from './grpc-admission.ts';
import type { OtlpParts } from './otlp-plugin.ts';
import { encodeExportResponse } from './otlp-response.ts';
import { SIGNALS, type Signal } from './signals.ts';

export interface GrpcParts extends Pick<OtlpParts, 'acceptOtlp' | 'maxBodyBytes' | 'onAnswered'> {
  readonly inFlight: InFlightBytes;
  readonly log: FastifyBaseLogger;
}

export interface GrpcServer {
  /** The port that was taken. */
  readonly port: number;
  /** Finishes the calls in progress. */
  close(): Promise<void>;
}

/** The server cannot listen; the message is for the person who starts it. */
export class GrpcListenError extends Error {
  override readonly name = 'GrpcListenError';
}

/** Exporters use one call at a time; more on one connection only hold memory. */
const MAX_CONCURRENT_CALLS = 64;
/** A peer that is gone without a word holds its connection for this long. */
const KEEPALIVE_MS = 60_000;
/** Slow senders hold a call for so long, as with HTTP. */
const CALL_TIMEOUT_MS = 60_000;
/** Calls that do not end by then are cut off. */
const CLOSE_GRACE_MS = 10_000;

/** @throws GrpcListenError */
export async function startGrpcServer(
  parts: GrpcParts,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<GrpcServer> {
  // What goes wrong here is answered, or thrown and logged by us.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    'grpc.max_receive_message_length': parts.maxBodyBytes,
    'grpc.max_concurrent_streams': MAX_CONCURRENT_CALLS,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.enable_channelz': 0,
    interceptors: [admitCalls(parts.inFlight, CALL_TIMEOUT_MS, parts.onAnswered)],
  });
  for (const signal of SIGNALS)
    server.addService(serviceOf(signal), { export: exportHandler(parts, signal) });
  const bound = await listen(server, host, port);
  return { port: bound, close: () => close(server) };
}

/** Bytes in, bytes out. */
function serviceOf({ grpcService }: Signal): ServiceDefinition {
  const asIs = (bytes: Buffer): Buffer => bytes;
  return {
    export: {
      path: `/${grpcService}/Export`,
      requestStream: false,
      responseStream: false,
      requestDeserialize: asIs,
      requestSerialize: asIs,
      responseDeserialize: asIs,
      responseSerialize: asIs,
    },
  };
}

function exportHandler(parts: GrpcParts, signal: Signal): handleUnaryCall<Buffer, Buffer> {
  const { kind } = signal;
  const answer = async (body: Buffer, metadata: Metadata): Promise<Buffer> => {
    const project = textOf(metadata, 'x-throughline-project');
    const partial = await parts.acceptOtlp(kind, {
      body,
      contentType: 'protobuf',
      contentEncoding: 'identity',
      project: project === undefined ? undefined : projectOfHeader(project),
      userAgent: textOf(metadata, 'user-agent'),
    });
    return encodeExportResponse('protobuf', signal.rejectedField, partial);
  };
  return (call, callback) => {
    answer(call.request, call.metadata).then(
      (response) => {
        parts.onAnswered?.({ signal: kind, transport: 'grpc', status: 'OK' });
        callback(null, response);
      },
      (error: unknown) => {
        const failure = serviceErrorOf(error);
        if (failure.code === status.INTERNAL) parts.log.error({ err: error }, 'an OTLP call failed');
        parts.onAnswered?.(refusedCall(kind, failure.code, error, call.metadata));
        callback(failure);
      },
    );
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) return resolve(bound);
      const reason = error.message.includes('EADDRINUSE')
        ? `Port ${port} of OTLP/gRPC is in use. Stop what uses it, or choose another with --grpc-port.`
        : `OTLP/gRPC cannot listen on ${address}: ${error.message}`;
      reject(new GrpcListenError(reason, { cause: error }));
    });
  });
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  const timer = setTimeout(() => server.forceShutdown(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(timer);
}
