import { ERRORS, ThroughlineError } from '../../errors/errors.ts';
import { GRPC_CODES } from '../../errors/grpc-code.ts';
import { bytesField, stringField, varintField } from '../../otlp/protobuf/protobuf-writer.ts';

/**
 * Response of a failed call. `details` is the value of the trailer `grpc-status-details-bin`. The OTLP specification,
 * "OTLP/gRPC Response", makes UNAVAILABLE retryable. RESOURCE_EXHAUSTED is not retryable without a RetryInfo.
 */
export interface GrpcFailure {
  readonly code: number;
  readonly message: string;
  readonly details: Buffer;
}

export function grpcFailureOf(error: unknown): GrpcFailure {
  const known = error instanceof ThroughlineError && error.code !== 'internal' ? error : undefined;
  const code = GRPC_CODES[ERRORS[known?.code ?? 'internal'].grpcCode];
  const message = known?.message ?? 'the server failed; its log has the cause';
  return { code, message, details: encodeDetails(code, message, known?.retryAfterSeconds) };
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
