import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { joinBytes } from './transport.ts';

/** Spans that are encoded in one go: about a third of a millisecond, then the application has its turn. */
const SLICE = 32;

export interface EncodedSpans {
  readonly body: Uint8Array;
  readonly spans: number;
  /** Spans that could not be encoded. */
  readonly failed: number;
}

/**
 * One OTLP request from many spans, encoded a slice at a time. The slices are whole requests set one after the
 * other: protobuf reads a message that is followed by more of its kind as one with all their entries.
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

/** The same without a pause. */
export function encodeSpansAtOnce(spans: readonly ReadableSpan[]): EncodedSpans {
  const slices = encodeSlices(spans);
  for (;;) {
    const { done, value } = slices.next();
    if (done) return value;
  }
}

/** Gives how many are encoded, before each slice. */
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

/** One span that cannot be encoded does not take others with it. */
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

/** Spans that the server refused out of an accepted request; 0 where the answer cannot be read. */
export function rejectedSpans(body: Uint8Array | undefined, contentType: string): number {
  if (body === undefined || body.byteLength === 0 || !contentType.includes('protobuf')) return 0;
  try {
    return Number(ProtobufTraceSerializer.deserializeResponse(body).partialSuccess?.rejectedSpans ?? 0) || 0;
  } catch {
    return 0;
  }
}

/** A generous guess of what a waiting span takes in memory, in bytes. */
export function estimateBytes(span: ReadableSpan): number {
  let bytes = 600 + span.events.length * 300;
  const { attributes } = span;
  for (const key in attributes) {
    const value = attributes[key];
    bytes += typeof value === 'string' ? 48 + value.length : 48;
  }
  return bytes;
}
