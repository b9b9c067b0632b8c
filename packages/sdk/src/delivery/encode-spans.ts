import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { joinBytes } from './transport.ts';

/** Number of spans encoded at once. They take about a third of a millisecond, then other work of the process can run. */
const SLICE = 32;

export interface EncodedSpans {
  readonly body: Uint8Array;
  readonly spans: number;
  /** Number of spans that could not be encoded. */
  readonly failed: number;
}

/**
 * Encodes spans as one OTLP request, in slices. Each slice is encoded as a complete request and the results are
 * concatenated: protobuf parsers merge concatenated messages of the same type and append their repeated fields.
 *
 * @param pause Awaited between slices.
 */
export async function encodeSpans(
  spans: readonly ReadableSpan[],
  pause: () => Promise<void>,
): Promise<EncodedSpans> {
  const slices = encodeSlices(spans);
  let next = slices.next();
  while (next.done !== true) {
    if (next.value > 0) await pause();
    next = slices.next();
  }
  return next.value;
}

/** Encodes spans as one OTLP request without pauses. */
export function encodeSpansAtOnce(spans: readonly ReadableSpan[]): EncodedSpans {
  const slices = encodeSlices(spans);
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value;
  }
}

/** Yields the number of encoded spans before each slice. */
function* encodeSlices(spans: readonly ReadableSpan[]): Generator<number, EncodedSpans> {
  const chunks: Uint8Array[] = [];
  let [size, failed] = [0, 0];
  for (let start = 0; start < spans.length; start += SLICE) {
    yield start;
    const slice = spans.slice(start, start + SLICE);
    const bytes = encode(slice) ?? encodeSingly(slice, () => failed++);
    chunks.push(bytes);
    size += bytes.byteLength;
  }
  return { body: joinBytes(chunks, size), spans: spans.length - failed, failed };
}

function encode(spans: ReadableSpan[]): Uint8Array | undefined {
  try {
    return ProtobufTraceSerializer.serializeRequest(spans);
  } catch {
    return undefined;
  }
}

/** Encodes each span separately, so that one that cannot be encoded does not affect the others. */
function encodeSingly(spans: readonly ReadableSpan[], onFailure: () => void): Uint8Array {
  const chunks: Uint8Array[] = [];
  for (const span of spans) {
    const bytes = encode([span]);
    if (bytes === undefined) onFailure();
    else chunks.push(bytes);
  }
  return joinBytes(
    chunks,
    chunks.reduce((sum, { byteLength }) => sum + byteLength, 0),
  );
}

/** Number of spans that the server rejected from an accepted request. 0 if the response cannot be parsed. */
export function rejectedSpans(body: Uint8Array | undefined, contentType: string): number {
  if (body === undefined || body.byteLength === 0 || !contentType.includes('protobuf')) return 0;
  try {
    return Number(ProtobufTraceSerializer.deserializeResponse(body).partialSuccess?.rejectedSpans ?? 0) || 0;
  } catch {
    return 0;
  }
}

/** Estimates the memory of a queued span, in bytes. Rather too high than too low. */
export function estimateBytes(span: ReadableSpan): number {
  let bytes = 600 + span.events.length * 300;
  const { attributes } = span;
  for (const key in attributes) {
    const value = attributes[key];
    bytes += typeof value === 'string' ? 48 + value.length : 48;
  }
  return bytes;
}
