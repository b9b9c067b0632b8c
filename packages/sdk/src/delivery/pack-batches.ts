import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Endpoint } from '../core/config.ts';
import type { Batch } from './batch-queue.ts';
import { type EncodedSpans, encodeSpans, encodeSpansAtOnce } from './encode-spans.ts';
import { gzip } from './gzip.ts';

const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

export interface PackedSpans {
  readonly batch: Batch;
  /** Number of spans that could not be encoded. */
  readonly failed: number;
}

/** Encodes finished and running spans as one OTLP request. */
export async function packSpans(
  endpoint: Endpoint,
  ended: readonly ReadableSpan[],
  running: readonly ReadableSpan[],
  isZipped: boolean,
): Promise<PackedSpans> {
  await resourcesReady(ended);
  const encoded = await encodeSpans([...running, ...ended], nextTurn);
  return packed(endpoint, encoded, running.length, isZipped ? await gzip(encoded.body) : undefined);
}

/** Does the same synchronously and without compression. */
export function packSpansAtOnce(
  endpoint: Endpoint,
  ended: readonly ReadableSpan[],
  running: readonly ReadableSpan[],
): PackedSpans {
  return packed(endpoint, encodeSpansAtOnce([...running, ...ended]), running.length, undefined);
}

function packed(
  endpoint: Endpoint,
  { body, spans, failed }: EncodedSpans,
  running: number,
  zipped: Uint8Array | undefined,
): PackedSpans {
  const items = Math.max(0, spans - running);
  const batch = {
    url: endpoint.tracesUrl,
    headers: {
      ...endpoint.headers,
      'content-type': PROTOBUF,
      ...(zipped ? { 'content-encoding': 'gzip' } : {}),
    },
    body: zipped ?? body,
    items,
    uncounted: spans - items,
  };
  return { batch, failed };
}

/** @param scores Scores as JSON texts. */
export function scoresBatch(endpoint: Endpoint, scores: readonly string[]): Batch {
  return {
    url: endpoint.scoresUrl,
    headers: { ...endpoint.headers, 'content-type': JSON_TYPE },
    body: new TextEncoder().encode(`[${scores.join(',')}]`),
    items: scores.length,
    uncounted: 0,
  };
}

/** @param json An OTLP/JSON metrics request. */
export function countersBatch(endpoint: Endpoint, json: string): Batch {
  return {
    url: endpoint.metricsUrl,
    headers: { ...endpoint.headers, 'content-type': JSON_TYPE },
    body: new TextEncoder().encode(json),
    items: 0,
    uncounted: 1,
  };
}

async function resourcesReady(spans: readonly ReadableSpan[]): Promise<void> {
  const resources = new Set(spans.map(({ resource }) => resource));
  for (const resource of resources) {
    if (resource.asyncAttributesPending) await resource.waitForAsyncAttributes?.().catch(() => {});
  }
}

/** Lets other work of the application run first. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
