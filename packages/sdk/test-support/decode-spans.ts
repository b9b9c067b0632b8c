/** The fields of a sent span that tests check. */
export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  /** 0 while the span is running. */
  readonly endTimeUnixNano: bigint;
}

/**
 * Decodes the spans of an `ExportTraceServiceRequest`:
 * request { resource_spans = 1 } → { scope_spans = 2 } → { spans = 2 } →
 * span { trace_id = 1, span_id = 2, name = 5, end_time_unix_nano = 8 }
 */
export function decodeSpans(body: Buffer): SentSpan[] {
  return messages(body, 1)
    .flatMap((resourceSpans) => messages(resourceSpans, 2))
    .flatMap((scopeSpans) => messages(scopeSpans, 2))
    .map((span) => ({
      traceId: messages(span, 1)[0]?.toString('hex') ?? '',
      spanId: messages(span, 2)[0]?.toString('hex') ?? '',
      name: messages(span, 5)[0]?.toString('utf8') ?? '',
      endTimeUnixNano: messages(span, 8)[0]?.readBigUInt64LE() ?? 0n,
    }));
}

/** Returns the bytes of each length-delimited or fixed-size field with this number. */
function messages(body: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = body[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < body.length) {
    const tag = varint();
    const [field, wire] = [Math.floor(tag / 8), tag & 7];
    if (wire === 0) {
      varint();
      continue;
    }
    const length = wire === 2 ? varint() : wire === 1 ? 8 : 4;
    if (field === wanted) found.push(body.subarray(at, at + length));
    at += length;
  }
  return found;
}
