interface SpanId {
  readonly traceId: string;
  readonly spanId: string;
}

/** Identifies a span in the list and in the address. Ids can be any text. */
export function spanKey({ traceId, spanId }: SpanId): string {
  return `${encodeURIComponent(traceId)}/${encodeURIComponent(spanId)}`;
}

export function parseSpanKey(key: string): SpanId {
  const [traceId = '', spanId = ''] = key.split('/');
  return { traceId: decode(traceId), spanId: decode(spanId) };
}

/** An address can contain anything; text that is not encoded is left as it is. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
