import type { MemoryReservation } from '../admission/admission.ts';
import type { OtlpEncoding } from '../otlp/export-response.ts';
import type { ContentEncoding, DecodedSpans } from './pool/messages.ts';

/** An OTLP request as received: still compressed and encoded. */
export interface OtlpRequest {
  readonly body: Uint8Array;
  readonly contentType: OtlpEncoding;
  readonly contentEncoding: ContentEncoding;
  /** Spans of another protocol, instead of a body. */
  readonly decoded?: DecodedSpans | undefined;
  /** The validated value of the header `x-throughline-project`. */
  readonly project: string | undefined;
  readonly userAgent?: string | undefined;
  /** Fair-queue key, see `groupOf`. */
  readonly group?: string | undefined;
  /** The memory reservation of the request, resized after decoding. */
  readonly reservation?: Pick<MemoryReservation, 'becomeRows'> | undefined;
}
