/**
 * Spans and log records in the JSON encoding of OTLP, the inverse of the decoders in `otlp/`.
 * Source: opentelemetry-proto 1.9, and the JSON mapping of OTLP.
 */
import {
  type Attributes,
  type AttributeValue,
  DoubleValue,
  type OtelKind,
  type RawResource,
  type RawScope,
  type RawSpan,
  type StatusCode,
} from '@throughline/spans';

export type OtlpJson = Readonly<Record<string, unknown>>;

const KINDS: Readonly<Record<OtelKind, number>> = {
  unspecified: 0,
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};
const CODES: Readonly<Record<StatusCode, number>> = { unset: 0, ok: 1, error: 2 };

/** Absent values are left out, as in the protobuf encoding. */
export function otlpSpan(span: RawSpan): OtlpJson {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId !== '' && { parentSpanId: span.parentSpanId }),
    ...(span.traceState !== '' && { traceState: span.traceState }),
    ...(span.flags !== 0 && { flags: span.flags }),
    name: span.name,
    kind: KINDS[span.otelKind],
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano),
    attributes: otlpAttributes(span.attributes),
    ...dropped('droppedAttributesCount', span.droppedAttributesCount),
    ...(span.events.length > 0 && {
      events: span.events.map((event) => ({
        name: event.name,
        timeUnixNano: String(event.timeUnixNano),
        attributes: otlpAttributes(event.attributes),
        ...dropped('droppedAttributesCount', event.droppedAttributesCount),
      })),
    }),
    ...dropped('droppedEventsCount', span.droppedEventsCount),
    ...(span.links.length > 0 && {
      links: span.links.map((link) => ({
        traceId: link.traceId,
        spanId: link.spanId,
        ...(link.traceState !== '' && { traceState: link.traceState }),
        attributes: otlpAttributes(link.attributes),
        ...dropped('droppedAttributesCount', link.droppedAttributesCount),
        ...(link.flags !== 0 && { flags: link.flags }),
      })),
    }),
    ...dropped('droppedLinksCount', span.droppedLinksCount),
    status: {
      ...(span.statusCode !== 'unset' && { code: CODES[span.statusCode] }),
      ...(span.statusMessage !== '' && { message: span.statusMessage }),
    },
  };
}

export function otlpResource({ attributes, droppedAttributesCount }: RawResource): OtlpJson {
  return {
    attributes: otlpAttributes(attributes),
    ...dropped('droppedAttributesCount', droppedAttributesCount),
  };
}

export function otlpScope({ name, version, attributes, droppedAttributesCount }: RawScope): OtlpJson {
  return {
    name,
    version,
    attributes: otlpAttributes(attributes),
    ...dropped('droppedAttributesCount', droppedAttributesCount),
  };
}

export function otlpAttributes(attributes: Attributes): OtlpJson[] {
  return [...attributes].map(([key, value]) => ({ key, value: otlpValue(value) }));
}

export function otlpValue(value: AttributeValue): OtlpJson {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: String(value) };
  if (value instanceof DoubleValue) return { doubleValue: otlpDouble(value.value) };
  if (typeof value === 'number')
    return Number.isInteger(value) && !Object.is(value, -0)
      ? { intValue: String(value) }
      : { doubleValue: otlpDouble(value) };
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (value instanceof Map) return { kvlistValue: { values: otlpAttributes(value) } };
  return { arrayValue: { values: (value as readonly AttributeValue[]).map(otlpValue) } };
}

/** JSON has neither -0 nor values that are not finite. */
function otlpDouble(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

function dropped(name: string, count: number): OtlpJson {
  return count === 0 ? {} : { [name]: count };
}

/** Records that share a resource and a scope. */
export interface OtlpRecord {
  readonly resource: RawResource;
  readonly scope: RawScope;
  readonly record: OtlpJson;
}

interface Names {
  readonly resources: string;
  readonly scopes: string;
  readonly records: string;
}

const TRACES: Names = { resources: 'resourceSpans', scopes: 'scopeSpans', records: 'spans' };
const LOGS: Names = { resources: 'resourceLogs', scopes: 'scopeLogs', records: 'logRecords' };

/** An export request with the spans. Consecutive spans with the same resource and scope share them. */
export const otlpTraces = (records: readonly OtlpRecord[]): OtlpJson => otlpRequest(TRACES, records);
/** The same for log records. */
export const otlpLogs = (records: readonly OtlpRecord[]): OtlpJson => otlpRequest(LOGS, records);

function otlpRequest(names: Names, records: readonly OtlpRecord[]): OtlpJson {
  const groups: { readonly key: string; readonly first: OtlpRecord; readonly records: OtlpJson[] }[] = [];
  for (const each of records) {
    const [resource, scope] = [otlpResource(each.resource), otlpScope(each.scope)];
    const key = JSON.stringify([resource, each.resource.schemaUrl, scope, each.scope.schemaUrl]);
    const last = groups.at(-1);
    if (last?.key === key) last.records.push(each.record);
    else groups.push({ key, first: each, records: [each.record] });
  }
  return {
    [names.resources]: groups.map(({ first: { resource, scope }, records: own }) => ({
      resource: otlpResource(resource),
      ...(resource.schemaUrl !== '' && { schemaUrl: resource.schemaUrl }),
      [names.scopes]: [
        {
          scope: otlpScope(scope),
          ...(scope.schemaUrl !== '' && { schemaUrl: scope.schemaUrl }),
          [names.records]: own,
        },
      ],
    })),
  };
}
