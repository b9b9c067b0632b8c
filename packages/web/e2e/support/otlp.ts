import { randomBytes } from 'node:crypto';

/** A span as tests describe it. */
export interface TestSpan {
  readonly name: string;
  readonly id?: string;
  readonly parent?: string;
  /** Start in ms since the start of the trace. Default: 0. */
  readonly startMs?: number;
  /** If absent, the span has not ended. */
  readonly durationMs?: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly error?: string;
  readonly events?: readonly { name: string; attributes: Readonly<Record<string, unknown>> }[];
}

export const newTraceId = () => randomBytes(16).toString('hex');
export const newSpanId = () => randomBytes(8).toString('hex');

/** The body of an OTLP/JSON request. `startedAt` is the start of the trace in ms since the epoch. */
export function exportRequest(
  traceId: string,
  spans: readonly TestSpan[],
  startedAt: number,
  resource: Readonly<Record<string, unknown>> = { 'service.name': 'shop' },
) {
  const nanos = (ms: number) => String(BigInt(Math.round((startedAt + ms) * 1000)) * 1000n);
  return {
    resourceSpans: [
      {
        resource: { attributes: keyValues(resource) },
        scopeSpans: [
          {
            scope: { name: 'tests', version: '1' },
            spans: spans.map((span) => ({
              traceId,
              spanId: span.id ?? newSpanId(),
              ...(span.parent && { parentSpanId: span.parent }),
              name: span.name,
              kind: 1,
              startTimeUnixNano: nanos(span.startMs ?? 0),
              ...(span.durationMs !== undefined && {
                endTimeUnixNano: nanos((span.startMs ?? 0) + span.durationMs),
              }),
              attributes: keyValues(span.attributes ?? {}),
              events: (span.events ?? []).map((event) => ({
                name: event.name,
                timeUnixNano: nanos(span.startMs ?? 0),
                attributes: keyValues(event.attributes),
              })),
              ...(span.error !== undefined && { status: { code: 2, message: span.error } }),
            })),
          },
        ],
      },
    ],
  };
}

function keyValues(attributes: Readonly<Record<string, unknown>>) {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: unknown) {
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { stringValue: typeof value === 'string' ? value : JSON.stringify(value) };
}
