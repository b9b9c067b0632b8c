/**
 * OTLP traces in protobuf → `RawSpan`s, read by hand in one pass.
 * Source: opentelemetry-proto `collector/trace/v1/trace_service.proto`, `trace/v1/trace.proto`,
 * `resource/v1/resource.proto`, `common/v1/common.proto`. Fields that are not listed here are skipped.
 */
import {
  type Attributes,
  type AttributeValue,
  DoubleValue,
  type OtelKind,
  type RawEvent,
  type RawLink,
  type RawResource,
  type RawScope,
  type RawSpan,
  type StatusCode,
} from '@throughline/spans';
import { checkSpan, ZERO_SPAN_ID } from './check-span.ts';
import type { KeyInterner } from './key-interner.ts';
import { FIXED32, FIXED64, LENGTH, ProtobufReader, tag, VARINT } from './protobuf-reader.ts';
import { SpanRejection, type SpanSink, ValueBudget } from './span-sink.ts';

const OTEL_KINDS: readonly OtelKind[] = [
  'unspecified',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
];
const STATUS_CODES: readonly StatusCode[] = ['unset', 'ok', 'error'];
const NO_ATTRIBUTES: Attributes = new Map();

/**
 * Reads an `ExportTraceServiceRequest`. Spans that are bad in themselves go to `sink.reject`.
 *
 * @throws ProtobufError where the message as a whole is not protobuf; what the sink got before is then worthless.
 */
export function decodeTracesProtobuf(body: Uint8Array, sink: SpanSink, keys?: KeyInterner): void {
  new TracesDecoder(new ProtobufReader(body, keys), sink).read();
}

class TracesDecoder {
  readonly #reader: ProtobufReader;
  readonly #sink: SpanSink;
  readonly #budget = new ValueBudget();

  constructor(reader: ProtobufReader, sink: SpanSink) {
    this.#reader = reader;
    this.#sink = sink;
  }

  /** ExportTraceServiceRequest: 1 resource_spans */
  read(): void {
    const reader = this.#reader;
    while (reader.next()) {
      if (reader.tag === tag(1, LENGTH)) this.#resourceSpans();
      else reader.skip();
    }
  }

  /** ResourceSpans: 1 resource, 2 scope_spans, 3 schema_url. In any order, therefore read twice. */
  #resourceSpans(): void {
    const reader = this.#reader;
    const outer = reader.enter();
    const start = reader.position;
    let problem: SpanRejection | undefined;
    let attributes = NO_ATTRIBUTES;
    let droppedAttributesCount = 0;
    let schemaUrl = '';
    while (reader.next()) {
      if (reader.tag === tag(1, LENGTH)) {
        const inner = reader.enter();
        const end = reader.end;
        try {
          // Resource: 1 attributes, 2 dropped_attributes_count
          const read = new Map<string, AttributeValue>();
          attributes = read;
          this.#budget.reset();
          while (reader.next()) {
            if (reader.tag === tag(1, LENGTH)) this.#keyValue(read, 0);
            else if (reader.tag === tag(2, VARINT)) droppedAttributesCount = reader.uint32();
            else reader.skip();
          }
        } catch (error) {
          problem = rejection(error, 'in the resource');
          reader.end = end;
        }
        reader.leave(inner);
      } else if (reader.tag === tag(3, LENGTH)) schemaUrl = reader.string();
      else reader.skip();
    }
    const resource = { attributes, droppedAttributesCount, schemaUrl };
    reader.rewind(start);
    while (reader.next()) {
      if (reader.tag === tag(2, LENGTH)) this.#scopeSpans(resource, problem);
      else reader.skip();
    }
    reader.leave(outer);
  }

  /** ScopeSpans: 1 scope, 2 spans, 3 schema_url. In any order, therefore read twice. */
  #scopeSpans(resource: RawResource, resourceProblem: SpanRejection | undefined): void {
    const reader = this.#reader;
    const outer = reader.enter();
    const start = reader.position;
    let problem = resourceProblem;
    let scope = { name: '', version: '', attributes: NO_ATTRIBUTES, droppedAttributesCount: 0 };
    let schemaUrl = '';
    while (reader.next()) {
      if (reader.tag === tag(1, LENGTH)) {
        const inner = reader.enter();
        const end = reader.end;
        try {
          scope = this.#scope();
        } catch (error) {
          problem ??= rejection(error, 'in the scope');
          reader.end = end;
        }
        reader.leave(inner);
      } else if (reader.tag === tag(3, LENGTH)) schemaUrl = reader.string();
      else reader.skip();
    }
    const rawScope: RawScope = { ...scope, schemaUrl };
    reader.rewind(start);
    while (reader.next()) {
      if (reader.tag !== tag(2, LENGTH)) {
        reader.skip();
        continue;
      }
      const inner = reader.enter();
      const end = reader.end;
      try {
        if (problem) throw problem;
        const span = this.#span(resource, rawScope);
        checkSpan(span);
        this.#sink.span(span);
      } catch (error) {
        this.#sink.reject(rejection(error));
        reader.end = end;
      }
      reader.leave(inner);
    }
    reader.leave(outer);
  }

  /** InstrumentationScope: 1 name, 2 version, 3 attributes, 4 dropped_attributes_count */
  #scope() {
    const reader = this.#reader;
    const attributes = new Map<string, AttributeValue>();
    let name = '';
    let version = '';
    let droppedAttributesCount = 0;
    this.#budget.reset();
    while (reader.next()) {
      switch (reader.tag) {
        case tag(1, LENGTH):
          name = reader.string();
          break;
        case tag(2, LENGTH):
          version = reader.string();
          break;
        case tag(3, LENGTH):
          this.#keyValue(attributes, 0);
          break;
        case tag(4, VARINT):
          droppedAttributesCount = reader.uint32();
          break;
        default:
          reader.skip();
      }
    }
    return { name, version, attributes, droppedAttributesCount };
  }

  /**
   * Span: 1 trace_id, 2 span_id, 3 trace_state, 4 parent_span_id, 5 name, 6 kind, 7 start_time_unix_nano,
   * 8 end_time_unix_nano, 9 attributes, 10 dropped_attributes_count, 11 events, 12 dropped_events_count,
   * 13 links, 14 dropped_links_count, 15 status, 16 flags
   */
  #span(resource: RawResource, scope: RawScope): RawSpan {
    const reader = this.#reader;
    this.#budget.reset();
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
          this.#keyValue(attributes, 0);
          break;
        case tag(10, VARINT):
          droppedAttributesCount = reader.uint32();
          break;
        case tag(11, LENGTH):
          events.push(this.#event());
          break;
        case tag(12, VARINT):
          droppedEventsCount = reader.uint32();
          break;
        case tag(13, LENGTH):
          links.push(this.#link());
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
  #event(): RawEvent {
    const reader = this.#reader;
    this.#budget.take();
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
          this.#keyValue(attributes, 0);
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
  #link(): RawLink {
    const reader = this.#reader;
    this.#budget.take();
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
          this.#keyValue(attributes, 0);
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

  /** KeyValue: 1 key, 2 value */
  #keyValue(into: Map<string, AttributeValue>, depth: number): void {
    const reader = this.#reader;
    this.#budget.take();
    const outer = reader.enter();
    let key = '';
    let value: AttributeValue = null;
    while (reader.next()) {
      if (reader.tag === tag(1, LENGTH)) key = reader.key();
      else if (reader.tag === tag(2, LENGTH)) value = this.#anyValue(depth);
      else reader.skip();
    }
    reader.leave(outer);
    into.set(key, value);
  }

  /**
   * AnyValue: 1 string_value, 2 bool_value, 3 int_value, 4 double_value, 5 array_value, 6 kvlist_value, 7 bytes_value.
   * ArrayValue and KeyValueList: 1 values.
   */
  #anyValue(depth: number): AttributeValue {
    const reader = this.#reader;
    const outer = reader.enter();
    let value: AttributeValue = null;
    while (reader.next()) {
      switch (reader.tag) {
        case tag(1, LENGTH):
          value = reader.string();
          break;
        case tag(2, VARINT):
          value = reader.bool();
          break;
        case tag(3, VARINT):
          value = reader.int64();
          break;
        case tag(4, FIXED64): {
          const double = reader.double();
          value = Number.isInteger(double) ? new DoubleValue(double) : double;
          break;
        }
        case tag(5, LENGTH): {
          this.#budget.checkDepth(depth + 1);
          const list: AttributeValue[] = [];
          const inner = reader.enter();
          while (reader.next()) {
            if (reader.tag === tag(1, LENGTH)) {
              this.#budget.take();
              list.push(this.#anyValue(depth + 1));
            } else reader.skip();
          }
          reader.leave(inner);
          value = list;
          break;
        }
        case tag(6, LENGTH): {
          this.#budget.checkDepth(depth + 1);
          const map = new Map<string, AttributeValue>();
          const inner = reader.enter();
          while (reader.next()) {
            if (reader.tag === tag(1, LENGTH)) this.#keyValue(map, depth + 1);
            else reader.skip();
          }
          reader.leave(inner);
          value = map;
          break;
        }
        case tag(7, LENGTH):
          value = reader.bytes();
          break;
        default:
          reader.skip();
      }
    }
    reader.leave(outer);
    return value;
  }
}

/** Passes rejections on; anything else ends the whole request. */
function rejection(error: unknown, where?: string): SpanRejection {
  if (!(error instanceof SpanRejection)) throw error;
  return where === undefined ? error : new SpanRejection(error.reason, `${error.detail} ${where}`);
}
