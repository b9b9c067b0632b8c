import { type Attributes, type AttributeValue, DoubleValue, type RawSpan } from '../model/raw-span.ts';

/** Decodes the OTLP/JSON of fixtures. Supports only what JavaScript exporters write. The server has its own decoder. */
interface Json {
  readonly [key: string]: unknown;
}

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const CODES = ['unset', 'ok', 'error'] as const;

export function spansFromOtlpJson(request: unknown): RawSpan[] {
  return list(request, 'resourceSpans').flatMap((resourceSpans) =>
    list(resourceSpans, 'scopeSpans').flatMap((scopeSpans) =>
      list(scopeSpans, 'spans').map((span) => toRawSpan(span, scopeSpans, resourceSpans)),
    ),
  );
}

function toRawSpan(span: Json, scopeSpans: Json, resourceSpans: Json): RawSpan {
  const status = record(span.status);
  const scope = record(scopeSpans.scope);
  const resource = record(resourceSpans.resource);
  return {
    traceId: string(span.traceId),
    spanId: string(span.spanId),
    parentSpanId: string(span.parentSpanId),
    traceState: string(span.traceState),
    flags: Number(span.flags ?? 0),
    name: string(span.name),
    otelKind: KINDS[Number(span.kind ?? 0)] ?? 'unspecified',
    startTimeUnixNano: nanos(span.startTimeUnixNano),
    endTimeUnixNano: nanos(span.endTimeUnixNano),
    attributes: attributes(span),
    droppedAttributesCount: Number(span.droppedAttributesCount ?? 0),
    events: list(span, 'events').map((event) => ({
      name: string(event.name),
      timeUnixNano: nanos(event.timeUnixNano),
      attributes: attributes(event),
      droppedAttributesCount: Number(event.droppedAttributesCount ?? 0),
    })),
    droppedEventsCount: Number(span.droppedEventsCount ?? 0),
    links: [],
    droppedLinksCount: 0,
    statusCode: CODES[Number(status.code ?? 0)] ?? 'unset',
    statusMessage: string(status.message),
    resource: {
      attributes: attributes(resource),
      droppedAttributesCount: 0,
      schemaUrl: string(resourceSpans.schemaUrl),
    },
    scope: {
      name: string(scope.name),
      version: string(scope.version),
      attributes: attributes(scope),
      droppedAttributesCount: 0,
      schemaUrl: string(scopeSpans.schemaUrl),
    },
  };
}

function attributes(holder: Json): Attributes {
  return new Map(list(holder, 'attributes').map(({ key, value }) => [string(key), anyValue(record(value))]));
}

function anyValue(value: Json): AttributeValue {
  if ('stringValue' in value) return string(value.stringValue);
  if ('boolValue' in value) return value.boolValue === true;
  if ('intValue' in value) return integer(String(value.intValue));
  if ('doubleValue' in value) return double(Number(value.doubleValue));
  if ('arrayValue' in value) return list(record(value.arrayValue), 'values').map(anyValue);
  if ('kvlistValue' in value) {
    const pairs = list(record(value.kvlistValue), 'values');
    return new Map(pairs.map((pair) => [string(pair.key), anyValue(record(pair.value))]));
  }
  return null;
}

function integer(digits: string): number | bigint {
  const value = Number(digits);
  return Number.isSafeInteger(value) ? value : BigInt(digits);
}

function double(value: number): number | DoubleValue {
  return Number.isInteger(value) ? new DoubleValue(value) : value;
}

function nanos(value: unknown): bigint {
  return BigInt(value === undefined ? 0 : String(value));
}

function string(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function record(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function list(holder: unknown, key: string): readonly Json[] {
  const value = record(holder)[key];
  return Array.isArray(value) ? value : [];
}
