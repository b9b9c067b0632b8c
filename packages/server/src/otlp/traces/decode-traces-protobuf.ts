/**
 * Decodes OTLP traces in protobuf to `RawSpan`s in one pass.
 * Source: opentelemetry-proto `trace/v1/trace.proto`. Fields that are not listed here are skipped.
 */
import type {
  AttributeValue,
  OtelKind,
  RawEvent,
  RawLink,
  RawResource,
  RawScope,
  RawSpan,
  StatusCode,
} from '@throughline/spans';
import type { KeyInterner } from '../key-interner.ts';
import { FIXED32, FIXED64, LENGTH, ProtobufReader, tag, VARINT } from '../protobuf/protobuf-reader.ts';
import type { ProtobufValues } from '../protobuf/protobuf-values.ts';
import { readExportProtobuf } from '../protobuf/read-export.ts';
import { named } from '../rejection.ts';
import { checkSpan, ZERO_SPAN_ID } from './check-span.ts';
import type { SpanSink } from './span-sink.ts';

const OTEL_KINDS: readonly OtelKind[] = [
  'unspecified',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
];
const STATUS_CODES: readonly StatusCode[] = ['unset', 'ok', 'error'];

/**
 * Decodes an `ExportTraceServiceRequest`. Invalid spans are passed to `sink.reject`.
 *
 * @throws ProtobufError if the message is not valid protobuf; discard the spans that the sink received before
 */
export function decodeTracesProtobuf(body: Uint8Array, sink: SpanSink, keys?: KeyInterner): void {
  readExportProtobuf(new ProtobufReader(body, keys), {
    record(values, resource, scope) {
      const span = readSpan(values, resource, scope);
      try {
        checkSpan(span);
        sink.span(span);
      } catch (error) {
        throw named(error, span.name);
      }
    },
    reject: (rejection, resource) => sink.reject(rejection, resource),
  });
}

/**
 * Span: 1 trace_id, 2 span_id, 3 trace_state, 4 parent_span_id, 5 name, 6 kind, 7 start_time_unix_nano,
 * 8 end_time_unix_nano, 9 attributes, 10 dropped_attributes_count, 11 events, 12 dropped_events_count,
 * 13 links, 14 dropped_links_count, 15 status, 16 flags
 */
function readSpan(values: ProtobufValues, resource: RawResource, scope: RawScope): RawSpan {
  const { reader } = values;
  const attributes = new Map<string, AttributeValue>();
  const events: RawEvent[] = [];
  const links: RawLink[] = [];
  let traceId = '';
  let spanId = '';
  let parentSpanId = '';
  let traceState = '';
  let flags = 0;
  let name = '';
  let otelKind: OtelKind = 'unspecified';
  let startTimeUnixNano = 0n;
  let endTimeUnixNano = 0n;
  let droppedAttributesCount = 0;
  let droppedEventsCount = 0;
  let droppedLinksCount = 0;
  let statusCode: StatusCode = 'unset';
  let statusMessage = '';
  while (reader.next()) {
    switch (reader.tag) {
      case tag(1, LENGTH):
        traceId = reader.hex();
        break;
      case tag(2, LENGTH):
        spanId = reader.hex();
        break;
      case tag(3, LENGTH):
        traceState = reader.string();
        break;
      case tag(4, LENGTH):
        parentSpanId = reader.hex();
        break;
      case tag(5, LENGTH):
        name = reader.key();
        break;
      case tag(6, VARINT):
        otelKind = OTEL_KINDS[reader.uint32()] ?? 'unspecified';
        break;
      case tag(7, FIXED64):
        startTimeUnixNano = reader.fixed64();
        break;
      case tag(8, FIXED64):
        endTimeUnixNano = reader.fixed64();
        break;
      case tag(9, LENGTH):
        values.keyValue(attributes, 0);
        break;
      case tag(10, VARINT):
        droppedAttributesCount = reader.uint32();
        break;
      case tag(11, LENGTH):
        events.push(readEvent(values));
        break;
      case tag(12, VARINT):
        droppedEventsCount = reader.uint32();
        break;
      case tag(13, LENGTH):
        links.push(readLink(values));
        break;
      case tag(14, VARINT):
        droppedLinksCount = reader.uint32();
        break;
      case tag(15, LENGTH): {
        // Status: 2 message, 3 code
        const outer = reader.enter();
        while (reader.next()) {
          if (reader.tag === tag(2, LENGTH)) statusMessage = reader.string();
          else if (reader.tag === tag(3, VARINT)) statusCode = STATUS_CODES[reader.uint32()] ?? 'unset';
          else reader.skip();
        }
        reader.leave(outer);
        break;
      }
      case tag(16, FIXED32):
        flags = reader.fixed32();
        break;
      default:
        reader.skip();
    }
  }
  return {
    traceId,
    spanId,
    parentSpanId: parentSpanId === ZERO_SPAN_ID ? '' : parentSpanId,
    traceState,
    flags,
    name,
    otelKind,
    startTimeUnixNano,
    endTimeUnixNano,
    attributes,
    droppedAttributesCount,
    events,
    droppedEventsCount,
    links,
    droppedLinksCount,
    statusCode,
    statusMessage,
    resource,
    scope,
  };
}

/** Span.Event: 1 time_unix_nano, 2 name, 3 attributes, 4 dropped_attributes_count */
function readEvent(values: ProtobufValues): RawEvent {
  const { reader } = values;
  values.budget.take();
  const outer = reader.enter();
  const attributes = new Map<string, AttributeValue>();
  let name = '';
  let timeUnixNano = 0n;
  let droppedAttributesCount = 0;
  while (reader.next()) {
    switch (reader.tag) {
      case tag(1, FIXED64):
        timeUnixNano = reader.fixed64();
        break;
      case tag(2, LENGTH):
        name = reader.key();
        break;
      case tag(3, LENGTH):
        values.keyValue(attributes, 0);
        break;
      case tag(4, VARINT):
        droppedAttributesCount = reader.uint32();
        break;
      default:
        reader.skip();
    }
  }
  reader.leave(outer);
  return { name, timeUnixNano, attributes, droppedAttributesCount };
}

/** Span.Link: 1 trace_id, 2 span_id, 3 trace_state, 4 attributes, 5 dropped_attributes_count, 6 flags */
function readLink(values: ProtobufValues): RawLink {
  const { reader } = values;
  values.budget.take();
  const outer = reader.enter();
  const attributes = new Map<string, AttributeValue>();
  let traceId = '';
  let spanId = '';
  let traceState = '';
  let droppedAttributesCount = 0;
  let flags = 0;
  while (reader.next()) {
    switch (reader.tag) {
      case tag(1, LENGTH):
        traceId = reader.hex();
        break;
      case tag(2, LENGTH):
        spanId = reader.hex();
        break;
      case tag(3, LENGTH):
        traceState = reader.string();
        break;
      case tag(4, LENGTH):
        values.keyValue(attributes, 0);
        break;
      case tag(5, VARINT):
        droppedAttributesCount = reader.uint32();
        break;
      case tag(6, FIXED32):
        flags = reader.fixed32();
        break;
      default:
        reader.skip();
    }
  }
  reader.leave(outer);
  return { traceId, spanId, traceState, attributes, droppedAttributesCount, flags };
}
