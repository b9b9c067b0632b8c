/** Decodes OTLP traces in JSON to `RawSpan`s. `readExportJson` describes deviations from the specification. */
import type {
  OtelKind,
  RawEvent,
  RawLink,
  RawResource,
  RawScope,
  RawSpan,
  StatusCode,
} from '@throughline/spans';
import {
  choice,
  count,
  id,
  type JsonObject,
  nanoseconds,
  object,
  objects,
  readAttributes,
  text,
} from '../json/json-values.ts';
import { type ExportNames, nameIn, readExportJson } from '../json/read-export.ts';
import { named } from '../rejection.ts';
import type { ValueBudget } from '../value-budget.ts';
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

const NAMES: ExportNames = {
  resources: ['resourceSpans', 'resource_spans'],
  scopes: ['scopeSpans', 'scope_spans'],
  records: ['spans', 'spans'],
};

/**
 * Decodes an `ExportTraceServiceRequest`. Invalid spans are passed to `sink.reject`.
 *
 * @throws OtlpJsonError if the whole request cannot be read
 */
export function decodeTracesJson(body: Uint8Array, sink: SpanSink): void {
  readExportJson(body, {
    names: NAMES,
    record(span, resource, scope, budget) {
      const raw = readSpan(span, resource, scope, budget);
      checkSpan(raw);
      sink.span(raw);
    },
    reject: (rejection, span, resource) => sink.reject(named(rejection, nameIn(span)), resource),
  });
}

function readSpan(span: JsonObject, resource: RawResource, scope: RawScope, budget: ValueBudget): RawSpan {
  const parentSpanId = id(span, 'parentSpanId', 'parent_span_id', 8);
  const status = object(span, 'status', 'status');
  return {
    traceId: id(span, 'traceId', 'trace_id', 16),
    spanId: id(span, 'spanId', 'span_id', 8),
    parentSpanId: parentSpanId === ZERO_SPAN_ID ? '' : parentSpanId,
    traceState: text(span, 'traceState', 'trace_state'),
    flags: count(span, 'flags', 'flags'),
    name: text(span, 'name', 'name'),
    otelKind: choice(span, 'kind', 'SPAN_KIND_', OTEL_KINDS, 'unspecified'),
    startTimeUnixNano: nanoseconds(span, 'startTimeUnixNano', 'start_time_unix_nano'),
    endTimeUnixNano: nanoseconds(span, 'endTimeUnixNano', 'end_time_unix_nano'),
    attributes: readAttributes(span, budget, 0),
    droppedAttributesCount: count(span, 'droppedAttributesCount', 'dropped_attributes_count'),
    events: objects(span, 'events', 'events').map((event) => readEvent(event, budget)),
    droppedEventsCount: count(span, 'droppedEventsCount', 'dropped_events_count'),
    links: objects(span, 'links', 'links').map((link) => readLink(link, budget)),
    droppedLinksCount: count(span, 'droppedLinksCount', 'dropped_links_count'),
    statusCode: choice(status, 'code', 'STATUS_CODE_', STATUS_CODES, 'unset'),
    statusMessage: text(status, 'message', 'message'),
    resource,
    scope,
  };
}

function readEvent(event: JsonObject, budget: ValueBudget): RawEvent {
  budget.take();
  return {
    name: text(event, 'name', 'name'),
    timeUnixNano: nanoseconds(event, 'timeUnixNano', 'time_unix_nano'),
    attributes: readAttributes(event, budget, 0),
    droppedAttributesCount: count(event, 'droppedAttributesCount', 'dropped_attributes_count'),
  };
}

function readLink(link: JsonObject, budget: ValueBudget): RawLink {
  budget.take();
  return {
    traceId: id(link, 'traceId', 'trace_id', 16),
    spanId: id(link, 'spanId', 'span_id', 8),
    traceState: text(link, 'traceState', 'trace_state'),
    attributes: readAttributes(link, budget, 0),
    droppedAttributesCount: count(link, 'droppedAttributesCount', 'dropped_attributes_count'),
    flags: count(link, 'flags', 'flags'),
  };
}
