import {
  Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import { ThroughlineError } from '../../errors.ts';
import type { IngestTask } from '../../ingest/messages.ts';
import type { InFlightBytes } from '../admission.ts';
import type { AnsweredRequest, OnAnswered } from '../answered-request.ts';
import { validProjectOfHeader } from '../project-of-header.ts';
import { grpcFailureOf } from './grpc-status.ts';
import { SIGNALS } from './signals.ts';

/** A call whose message has not come yet counts as this much. */
const UNKNOWN_BYTES = 1 << 20;

/**
 * Bounds what calls in progress hold: together with the requests of HTTP in bytes, and each in the time that its
 * message may take to arrive.
 */
export function admitCalls(
  inFlight: InFlightBytes,
  timeoutMs: number,
  onAnswered: OnAnswered = () => {},
): ServerInterceptor {
  return (method, call) => {
    const signal = SIGNALS.find(({ grpcService }) => method.path === `/${grpcService}/Export`);
    let metadata = new Metadata();
    /** Once the handler has the call, it says itself what became of it. */
    let reported = false;
    const report = (code: status, error?: unknown) => {
      if (signal && !reported) onAnswered(refusedCall(signal.kind, code, error, metadata));
      reported = true;
    };
    let leave = () => {};
    let timer: NodeJS.Timeout | undefined;
    const end = () => {
      clearTimeout(timer);
      leave();
      leave = () => {};
    };
    /** False where the call was refused. */
    const enter = (bytes: number): boolean => {
      leave();
      leave = () => {};
      try {
        leave = inFlight.enter(bytes);
        return true;
      } catch (error) {
        end();
        const failure = serviceErrorOf(error);
        report(failure.code, error);
        call.sendStatus(failure);
        return false;
      }
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (received, proceed) => {
            metadata = received;
            if (!enter(UNKNOWN_BYTES)) return;
            timer = setTimeout(() => {
              end();
              report(status.DEADLINE_EXCEEDED);
              const details = `the message did not arrive within ${timeoutMs / 1000} seconds`;
              call.sendStatus({ code: status.DEADLINE_EXCEEDED, details });
            }, timeoutMs);
            proceed(received);
          },
          onReceiveMessage: (message: Buffer, proceed) => {
            if (enter(message.length)) proceed(message);
          },
          onReceiveHalfClose: (proceed) => {
            clearTimeout(timer);
            reported = true;
            proceed();
          },
          // Also where gRPC itself refuses the message as too large.
          onCancel: () => {
            end();
            report(status.CANCELLED);
          },
        }),
      sendStatus: (sent, next) => {
        end();
        next(sent);
      },
    });
  };
}

/** How a call fails on the wire. */
export function serviceErrorOf(error: unknown): Pick<ServiceError, 'code' | 'details' | 'metadata'> {
  const { code, message, details } = grpcFailureOf(error);
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', details);
  return { code, details: message, metadata };
}

/** The first value of a metadata entry that is text. */
export function textOf(metadata: Metadata, key: string): string | undefined {
  const [value] = metadata.get(key);
  return value === undefined ? undefined : String(value);
}

export function refusedCall(
  signal: IngestTask['kind'],
  code: status,
  error: unknown,
  metadata: Metadata,
): AnsweredRequest {
  return {
    signal,
    transport: 'grpc',
    status: status[code],
    ...(error instanceof ThroughlineError && { error }),
    project: validProjectOfHeader(textOf(metadata, 'x-throughline-project')),
    userAgent: textOf(metadata, 'user-agent'),
  };
}
