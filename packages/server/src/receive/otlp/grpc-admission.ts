import {
  Metadata,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServiceError,
  status,
} from '@grpc/grpc-js';
import type { InFlightBytes } from '../admission.ts';
import { grpcFailureOf } from './grpc-status.ts';

/** A call whose message has not come yet counts as this much. */
const UNKNOWN_BYTES = 1 << 20;

/**
 * Bounds what calls in progress hold: together with the requests of HTTP in bytes, and each in the time that its
 * message may take to arrive.
 */
export function admitCalls(inFlight: InFlightBytes, timeoutMs: number): ServerInterceptor {
  return (_method, call) => {
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
        call.sendStatus(serviceErrorOf(error));
        return false;
      }
    };
    return new ServerInterceptingCall(call, {
      start: (next) =>
        next({
          onReceiveMetadata: (metadata, proceed) => {
            if (!enter(UNKNOWN_BYTES)) return;
            timer = setTimeout(() => {
              end();
              const details = `the message did not arrive within ${timeoutMs / 1000} seconds`;
              call.sendStatus({ code: status.DEADLINE_EXCEEDED, details });
            }, timeoutMs);
            proceed(metadata);
          },
          onReceiveMessage: (message: Buffer, proceed) => {
            if (enter(message.length)) proceed(message);
          },
          onReceiveHalfClose: (proceed) => {
            clearTimeout(timer);
            proceed();
          },
          onCancel: end,
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
