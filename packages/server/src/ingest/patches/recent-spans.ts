import type { PartialSpan } from './merge-patch.ts';
import type { SpanPatch } from './span-patch.ts';

export type SpanKey = Pick<SpanPatch, 'project' | 'traceId' | 'spanId'>;

/** Maximum memory of all spans. A span that is not in memory is read from the store when another part of it arrives. */
const MAX_BYTES = 64 << 20;

/** The spans whose parts arrived last, in a limited amount of memory. */
export class RecentSpans {
  readonly #maxBytes: number;
  /** The span that changed last is last. */
  readonly #spans = new Map<string, { readonly span: PartialSpan; readonly bytes: number }>();
  /** The same spans by their id alone: some requests name no trace. */
  readonly #bySpanId = new Map<string, PartialSpan>();
  #bytes = 0;
  /** Every part of a span that started at this time or later has been in memory. */
  #completeSinceUnixNano: bigint;

  constructor(startedUnixNano: bigint, maxBytes = MAX_BYTES) {
    this.#completeSinceUnixNano = startedUnixNano;
    this.#maxBytes = maxBytes;
  }

  get completeSinceUnixNano(): bigint {
    return this.#completeSinceUnixNano;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: SpanKey): PartialSpan | undefined {
    return this.#spans.get(nameOf(key))?.span;
  }

  /** A span with this id, in any project. */
  findBySpanId(spanId: string): PartialSpan | undefined {
    return this.#bySpanId.get(spanId);
  }

  /** Stores a span that was changed. */
  set(span: PartialSpan, nowUnixNano: bigint): void {
    const name = nameOf(span);
    this.#remove(name);
    const { bytes } = span;
    this.#spans.set(name, { span, bytes });
    this.#bySpanId.set(span.spanId, span);
    this.#bytes += bytes;
    while (this.#bytes > this.#maxBytes) {
      const [oldest] = this.#spans.keys();
      if (oldest === undefined) break;
      this.#remove(oldest);
      this.#completeSinceUnixNano = nowUnixNano;
    }
  }

  #remove(name: string): void {
    const known = this.#spans.get(name);
    if (known === undefined) return;
    this.#spans.delete(name);
    if (this.#bySpanId.get(known.span.spanId) === known.span) this.#bySpanId.delete(known.span.spanId);
    this.#bytes -= known.bytes;
  }
}

export function nameOf({ project, traceId, spanId }: SpanKey): string {
  return JSON.stringify([project, traceId, spanId]);
}
