/** For tests: encodes spans to OTLP in protobuf and in JSON, with one `ResourceSpans` per span. */
import type { RawSpan } from '@throughline/spans';
import {
  attributes,
  bytes,
  fixed32,
  fixed64,
  jsonAttributes,
  requestJson,
  requestProtobuf,
  text,
  varint,
} from './encode-values.ts';

const KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUS = ['unset', 'ok', 'error'];

export function encodeTracesProtobuf(spans: readonly RawSpan[]): Buffer {
  return requestProtobuf(spans.map((span) => ({ ...span, bytes: spanFields(span) })));
}

export function encodeTracesJson(spans: readonly RawSpan[]): Record<string, unknown> {
  return requestJson(
    ['resourceSpans', 'scopeSpans', 'spans'],
    spans.map((span) => ({ ...span, json: jsonSpan(span) })),
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
