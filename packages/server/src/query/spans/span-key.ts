export interface SpanId {
  readonly traceId: string;
  readonly spanId: string;
}

/** Identifies a span of a project in maps. Ids can be any text, so they are not simply joined. */
export function spanKey({ traceId, spanId }: SpanId): string {
  return JSON.stringify([traceId, spanId]);
}
