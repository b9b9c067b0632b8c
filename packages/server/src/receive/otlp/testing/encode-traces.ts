/** For tests: `RawSpan`s back into OTLP, as protobuf and as JSON. One `ResourceSpans` for each span. */
import { type Attributes, type AttributeValue, DoubleValue, type RawSpan } from '@throughline/spans';

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUS = ['unset', 'ok', 'error'];

export function encodeTracesProtobuf(spans: readonly RawSpan[]): Buffer {
  return Buffer.concat(
    spans.map((span) =>
      bytes(1, [
        bytes(1, [
          ...attributes(1, span.resource.attributes),
          varint(2, span.resource.droppedAttributesCount),
        ]),
        bytes(2, [
          bytes(1, [
            text(1, span.scope.name),
            text(2, span.scope.version),
            ...attributes(3, span.scope.attributes),
            varint(4, span.scope.droppedAttributesCount),
          ]),
          bytes(2, spanFields(span)),
          text(3, span.scope.schemaUrl),
        ]),
        text(3, span.resource.schemaUrl),
      ]),
    ),
  );
}

function spanFields(span: RawSpan): Buffer[] {
  return [
    bytes(1, [Buffer.from(span.traceId, 'hex')]),
    bytes(2, [Buffer.from(span.spanId, 'hex')]),
    text(3, span.traceState),
    bytes(4, [Buffer.from(span.parentSpanId, 'hex')]),
    text(5, span.name),
    varint(6, KINDS.indexOf(span.otelKind)),
    fixed64(7, span.startTimeUnixNano),
    fixed64(8, span.endTimeUnixNano),
    ...attributes(9, span.attributes),
    varint(10, span.droppedAttributesCount),
    ...span.events.map((event) =>
      bytes(11, [
        fixed64(1, event.timeUnixNano),
        text(2, event.name),
        ...attributes(3, event.attributes),
        varint(4, event.droppedAttributesCount),
      ]),
    ),
    varint(12, span.droppedEventsCount),
    ...span.links.map((link) =>
      bytes(13, [
        bytes(1, [Buffer.from(link.traceId, 'hex')]),
        bytes(2, [Buffer.from(link.spanId, 'hex')]),
        text(3, link.traceState),
        ...attributes(4, link.attributes),
        varint(5, link.droppedAttributesCount),
        fixed32(6, link.flags),
      ]),
    ),
    varint(14, span.droppedLinksCount),
    bytes(15, [text(2, span.statusMessage), varint(3, STATUS.indexOf(span.statusCode))]),
    fixed32(16, span.flags),
  ];
}

function attributes(field: number, map: Attributes): Buffer[] {
  return [...map].map(([key, value]) => bytes(field, [text(1, key), bytes(2, anyValue(value))]));
}

function anyValue(value: AttributeValue): Buffer[] {
  if (value === null) return [];
  if (typeof value === 'string') return [text(1, value)];
  if (typeof value === 'boolean') return [varint(2, value ? 1 : 0)];
  if (typeof value === 'bigint') return [varint(3, value)];
  if (typeof value === 'number')
    return Number.isInteger(value) ? [varint(3, BigInt(value))] : [double(4, value)];
  if (value instanceof DoubleValue) return [double(4, value.value)];
  if (value instanceof Uint8Array) return [bytes(7, [Buffer.from(value)])];
  if (value instanceof Map) return [bytes(6, attributes(1, value))];
  return [
    bytes(
      5,
      (value as readonly AttributeValue[]).map((item) => bytes(1, anyValue(item))),
    ),
  ];
}

export function bytes(field: number, parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([rawVarint((field << 3) | 2), rawVarint(body.length), body]);
}

export function text(field: number, value: string): Buffer {
  return bytes(field, [Buffer.from(value)]);
}

export function varint(field: number, value: number | bigint): Buffer {
  return Buffer.concat([rawVarint(field << 3), rawVarint(value)]);
}

export function fixed64(field: number, value: bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(value);
  return Buffer.concat([rawVarint((field << 3) | 1), buffer]);
}

function fixed32(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return Buffer.concat([rawVarint((field << 3) | 5), buffer]);
}

function double(field: number, value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(value);
  return Buffer.concat([rawVarint((field << 3) | 1), buffer]);
}

/** Negative numbers as ten bytes, as protobuf has it. */
export function rawVarint(value: number | bigint): Buffer {
  const out: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return Buffer.from([...out, Number(rest)]);
}

export function encodeTracesJson(spans: readonly RawSpan[]): Record<string, unknown> {
  return {
    resourceSpans: spans.map((span) => ({
      resource: {
        attributes: jsonAttributes(span.resource.attributes),
        droppedAttributesCount: span.resource.droppedAttributesCount,
      },
      scopeSpans: [
        {
          scope: {
            name: span.scope.name,
            version: span.scope.version,
            attributes: jsonAttributes(span.scope.attributes),
            droppedAttributesCount: span.scope.droppedAttributesCount,
          },
          spans: [jsonSpan(span)],
          schemaUrl: span.scope.schemaUrl,
        },
      ],
      schemaUrl: span.resource.schemaUrl,
    })),
  };
}

function jsonSpan(span: RawSpan): Record<string, unknown> {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    traceState: span.traceState,
    parentSpanId: span.parentSpanId,
    flags: span.flags,
    name: span.name,
    kind: KINDS.indexOf(span.otelKind),
    startTimeUnixNano: String(span.startTimeUnixNano),
    endTimeUnixNano: String(span.endTimeUnixNano),
    attributes: jsonAttributes(span.attributes),
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) => ({
      ...event,
      timeUnixNano: String(event.timeUnixNano),
      attributes: jsonAttributes(event.attributes),
    })),
    droppedEventsCount: span.droppedEventsCount,
    links: span.links.map((link) => ({ ...link, attributes: jsonAttributes(link.attributes) })),
    droppedLinksCount: span.droppedLinksCount,
    status: { code: STATUS.indexOf(span.statusCode), message: span.statusMessage },
  };
}

function jsonAttributes(map: Attributes): unknown[] {
  return [...map].map(([key, value]) => ({ key, value: jsonValue(value) }));
}

function jsonValue(value: AttributeValue): Record<string, unknown> {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'bigint') return { intValue: String(value) };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: jsonDouble(value) };
  if (value instanceof DoubleValue) return { doubleValue: jsonDouble(value.value) };
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (value instanceof Map) return { kvlistValue: { values: jsonAttributes(value) } };
  return { arrayValue: { values: (value as readonly AttributeValue[]).map(jsonValue) } };
}

/** JSON has no word for -0, NaN and the infinities. */
function jsonDouble(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}
