/**
 * Encodes the responses of an OTLP receiver in protobuf or JSON. The messages are small, so they are encoded by hand.
 * Source: `collector/trace/v1/trace_service.proto`, `google/rpc/status.proto`, OTLP specification "OTLP/HTTP Response".
 */
import { bytesField, stringField, varintField } from './protobuf/protobuf-writer.ts';

export type OtlpEncoding = 'protobuf' | 'json';

export const MEDIA_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
};

/** The responses of all signals have the same format, except for the JSON name of the count. */
export type RejectedField = 'rejectedSpans' | 'rejectedLogRecords' | 'rejectedDataPoints';

export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}

/**
 * `Export…ServiceResponse` { 1 partial_success { 1 rejected_… int64, 2 error_message string } }.
 * Without `partial` the message is empty, as the specification requires for full success.
 */
export function encodeExportResponse(
  encoding: OtlpEncoding,
  field: RejectedField,
  partial: PartialSuccess | undefined,
): Buffer {
  if (encoding === 'json') {
    if (!partial) return Buffer.from('{}');
    // In the JSON encoding of protobuf, an int64 is a string.
    return Buffer.from(
      JSON.stringify({
        partialSuccess: { [field]: String(partial.rejected), errorMessage: partial.message },
      }),
    );
  }
  if (!partial) return Buffer.alloc(0);
  return bytesField(1, Buffer.concat([varintField(1, partial.rejected), stringField(2, partial.message)]));
}

/** `google.rpc.Code` by HTTP status, for clients that read it. */
const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3, // INVALID_ARGUMENT
  404: 5, // NOT_FOUND
  413: 8, // RESOURCE_EXHAUSTED
  415: 3,
  429: 8,
  503: 14, // UNAVAILABLE
};
const RPC_INTERNAL = 13;

/** Encodes `google.rpc.Status` { 1 code int32, 2 message string }. */
export function encodeStatus(encoding: OtlpEncoding, httpStatus: number, message: string): Buffer {
  const code = RPC_CODES[httpStatus] ?? RPC_INTERNAL;
  if (encoding === 'json') return Buffer.from(JSON.stringify({ code, message }));
  return Buffer.concat([varintField(1, code), stringField(2, message)]);
}
