import { type ErrorCode, ThroughlineError } from '../../errors/errors.ts';
import { bytesField, stringField, varintField } from '../../otlp/protobuf/protobuf-writer.ts';

/**
 * `google.rpc.Code` of each error. Source: OTLP specification, "OTLP/gRPC Response": what can be tried again is
 * UNAVAILABLE (RESOURCE_EXHAUSTED would be final without a RetryInfo, and is used for bodies that are too large).
 */
const GRPC_CODES: Partial<Readonly<Record<ErrorCode, number>>> = {
  'invalid-project': 3,
  'malformed-body': 3,
  'too-slow': 4,
  'body-too-large': 8,
  'unsupported-content-encoding': 12,
  overloaded: 14,
  'journal-full': 14,
  'journal-unavailable': 14,
  'store-unavailable': 14,
  'shutting-down': 14,
};
const INTERNAL = 13;

/** Names of `google.rpc.Code`, for those who count. */
const NAMES: Readonly<Record<number, string>> = {
  0: 'OK',
  1: 'CANCELLED',
  3: 'INVALID_ARGUMENT',
  4: 'DEADLINE_EXCEEDED',
  8: 'RESOURCE_EXHAUSTED',
  12: 'UNIMPLEMENTED',
  13: 'INTERNAL',
  14: 'UNAVAILABLE',
};

export const grpcCodeName = (code: number): string => NAMES[code] ?? 'UNKNOWN';

/** What a failed call answers. `details` is the value of the trailer `grpc-status-details-bin`. */
export interface GrpcFailure {
  readonly code: number;
  readonly message: string;
  readonly details: Buffer;
}

const DEFAULT_RETRY_SECONDS = 1;

export function grpcFailureOf(error: unknown): GrpcFailure {
  const known = error instanceof ThroughlineError ? error : undefined;
  const code = (known && GRPC_CODES[known.code]) ?? INTERNAL;
  const message = known && code !== INTERNAL ? known.message : 'the server failed; its log has the cause';
  const retrySeconds = known?.retryable ? (known.retryAfterSeconds ?? DEFAULT_RETRY_SECONDS) : undefined;
  return { code, message, details: encodeDetails(code, message, retrySeconds) };
}

/**
 * google.rpc.Status: 1 code, 2 message, 3 details (Any: 1 type_url, 2 value).
 * google.rpc.RetryInfo: 1 retry_delay (Duration: 1 seconds).
 */
function encodeDetails(code: number, message: string, retrySeconds: number | undefined): Buffer {
  const retryInfo =
    retrySeconds === undefined
      ? Buffer.alloc(0)
      : bytesField(
          3,
          Buffer.concat([
            stringField(1, 'type.googleapis.com/google.rpc.RetryInfo'),
            bytesField(2, bytesField(1, varintField(1, Math.max(1, Math.ceil(retrySeconds))))),
          ]),
        );
  return Buffer.concat([varintField(1, code), stringField(2, message), retryInfo]);
}
