import {
  type HrTime,
  type Attributes as OtelAttributes,
  type AttributeValue as OtelValue,
  SpanKind,
  SpanStatusCode,
} from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Attributes, AttributeValue, OtelKind, RawSpan, StatusCode } from '@throughline/spans';

const OTEL_KINDS: Readonly<Record<SpanKind, OtelKind>> = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
};
const STATUS: Readonly<Record<SpanStatusCode, StatusCode>> = {
  [SpanStatusCode.UNSET]: 'unset',
  [SpanStatusCode.OK]: 'ok',
  [SpanStatusCode.ERROR]: 'error',
};

/** Converts an OpenTelemetry span to the input of the mappers in `@throughline/spans`, as the server decodes it. */
export function rawSpanOf(span: ReadableSpan): RawSpan {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  return {
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId ?? '',
    traceState: traceState?.serialize() ?? '',
    flags: traceFlags,
    name: span.name,
    otelKind: OTEL_KINDS[span.kind] ?? 'unspecified',
    startTimeUnixNano: nanos(span.startTime),
    endTimeUnixNano: nanos(span.endTime),
    attributes: attributesOf(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) => ({
      name: event.name,
      timeUnixNano: nanos(event.time),
      attributes: attributesOf(event.attributes ?? {}),
      droppedAttributesCount: event.droppedAttributesCount ?? 0,
    })),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map((link) => ({
      traceId: link.context.traceId,
      spanId: link.context.spanId,
      traceState: link.context.traceState?.serialize() ?? '',
      attributes: attributesOf(link.attributes ?? {}),
      droppedAttributesCount: link.droppedAttributesCount ?? 0,
      flags: link.context.traceFlags,
    })),
    droppedLinksCount: span.droppedLinksCount,
    statusCode: STATUS[span.status.code] ?? 'unset',
    statusMessage: span.status.message ?? '',
    resource: {
      attributes: attributesOf(span.resource.attributes),
      droppedAttributesCount: 0,
      schemaUrl: '',
    },
    scope: {
      name: span.instrumentationScope.name,
      version: span.instrumentationScope.version ?? '',
      attributes: new Map(),
      droppedAttributesCount: 0,
      schemaUrl: span.instrumentationScope.schemaUrl ?? '',
    },
  };
}

function nanos([seconds, rest]: HrTime): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(Math.round(rest));
}

function attributesOf(attributes: OtelAttributes): Attributes {
  return new Map(Object.entries(attributes).map(([key, value]) => [key, attributeValueOf(value)]));
}

function attributeValueOf(value: OtelValue | undefined): AttributeValue {
  if (value === undefined) return null;
  return Array.isArray(value) ? value.map((item) => item ?? null) : (value as string | number | boolean);
}
