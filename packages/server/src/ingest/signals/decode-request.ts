import { JsonTooLargeError } from '../../memory/json-size.ts';
import { OtlpJsonError } from '../../otlp/json/read-export.ts';
import { ProtobufError } from '../../otlp/protobuf/protobuf-reader.ts';
import { RowsTooLargeError } from '../../tables/row-binary/row-binary-writer.ts';
import type { DecodedSpans, IngestFailure, IngestTask } from '../pool/messages.ts';
import { BodyTooLargeError, DecompressionError, decompress } from './decompress.ts';

/** The decoder for each content type. */
export interface BodyDecoders
  extends Readonly<Record<IngestTask['contentType'], (body: Uint8Array) => void>> {
  /** Set for signals that other protocols also have. */
  readonly decoded?: (decoded: DecodedSpans) => void;
}

/** Decompresses and decodes. Invalid input is returned as a failure; undefined means success. */
export function decodeRequest(task: IngestTask, decoders: BodyDecoders): IngestFailure | undefined {
  try {
    if (task.decoded) decoders.decoded?.(task.decoded);
    else decoders[task.contentType](decompress(task.body, task.contentEncoding, task.maxBodyBytes));
    return undefined;
  } catch (error) {
    if (
      error instanceof BodyTooLargeError ||
      error instanceof JsonTooLargeError ||
      error instanceof RowsTooLargeError
    )
      return { kind: 'failure', code: 'body-too-large', message: error.message };
    if (
      error instanceof ProtobufError ||
      error instanceof OtlpJsonError ||
      error instanceof DecompressionError
    )
      return { kind: 'failure', code: 'malformed-body', message: error.message };
    throw error;
  }
}
