/**
 * OTLP traces in JSON → `RawSpan`s. Source: opentelemetry-proto `docs/specification.md`, "JSON Protobuf Encoding".
 * More is accepted than that page allows, because senders do it: snake_case names, enums by name, ids in base64,
 * and 64-bit integers as JSON numbers, which are read exactly. Unknown fields are ignored.
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
import { SpanRejection, type SpanSink, ValueBudget } from './span-sink.ts';

/** The text is not JSON, or not an `ExportTraceServiceRequest`. */
export class OtlpJsonError extends Error {
  override readonly name = 'OtlpJsonError';
}

type JsonObject = Readonly<Record<string, unknown>>;

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
 * Reads an `ExportTraceServiceRequest`. Spans that are bad in themselves go to `sink.reject`.
 *
 * @throws OtlpJsonError where the request as a whole cannot be read.
 */
export function decodeTracesJson(body: Uint8Array, sink: SpanSink): void {
  const request = parseJson(body);
  if (!isObject(request)) throw new OtlpJsonError(`expected a JSON object, found ${nameOf(request)}`);
  try {
    readRequest(request, sink);
  } catch (error) {
    // Above the spans there is nobody to reject alone.
    throw error instanceof SpanRejection ? new OtlpJsonError(error.detail, { cause: error }) : error;
  }
}

function readRequest(request: JsonObject, sink: SpanSink): void {
  const budget = new ValueBudget();
  for (const resourceSpans of objects(request, 'resourceSpans', 'resource_spans')) {
    const resource = attempt(() => {
      budget.reset();
      return readResource(resourceSpans, budget);
    });
    for (const scopeSpans of objects(resourceSpans, 'scopeSpans', 'scope_spans')) {
      const scope = attempt(() => {
        budget.reset();
        return readScope(scopeSpans, budget);
      });
      for (const span of array(scopeSpans, 'spans', 'spans')) {
        const read = attempt(() => {
          if (resource instanceof SpanRejection) throw resource;
          if (scope instanceof SpanRejection) throw scope;
          budget.reset();
          const raw = readSpan(toObject('span', span), resource, scope, budget);
          checkSpan(raw);
          return raw;
        });
        if (read instanceof SpanRejection) sink.reject(read);
        else sink.span(read);
      }
    }
  }
}

/** A JSON number that a double may not hold exactly: 16 digits or more outside of quotes, or so it looks. */
const LONG_NUMBER = /[:[,\s]-?\d{16}/;

function parseJson(body: Uint8Array): unknown {
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  if (text.trim() === '') return {};
  try {
    // The reviver costs several times the parse itself, so only where a number needs its digits.
    return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch (error) {
    throw new OtlpJsonError(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) && source.length <= 20 ? BigInt(source) : value;
}

/** Gives the rejection back instead of throwing it: the neighbours of a bad span are read on. */
function attempt<T>(read: () => T): T | SpanRejection {
  try {
    return read();
  } catch (error) {
    if (error instanceof SpanRejection) return error;
    throw error;
  }
}

function readResource(resourceSpans: JsonObject, budget: ValueBudget): RawResource {
  const resource = object(resourceSpans, 'resource', 'resource');
  return {
    attributes: readAttributes(resource, budget, 0),
    droppedAttributesCount: count(resource, 'droppedAttributesCount', 'dropped_attributes_count'),
    schemaUrl: text(resourceSpans, 'schemaUrl', 'schema_url'),
  };
}

function readScope(scopeSpans: JsonObject, budget: ValueBudget): RawScope {
  const scope = object(scopeSpans, 'scope', 'scope');
  return {
    name: text(scope, 'name', 'name'),
    version: text(scope, 'version', 'version'),
    attributes: readAttributes(scope, budget, 0),
    droppedAttributesCount: count(scope, 'droppedAttributesCount', 'dropped_attributes_count'),
    schemaUrl: text(scopeSpans, 'schemaUrl', 'schema_url'),
  };
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

function readAttributes(owner: JsonObject, budget: ValueBudget, depth: number): Attributes {
  return readKeyValues(objects(owner, 'attributes', 'attributes'), budget, depth);
}

function readKeyValues(entries: readonly JsonObject[], budget: ValueBudget, depth: number): Attributes {
  const attributes = new Map<string, AttributeValue>();
  for (const entry of entries) {
    budget.take();
    attributes.set(text(entry, 'key', 'key'), readAnyValue(object(entry, 'value', 'value'), budget, depth));
  }
  return attributes;
}

function readAnyValue(value: JsonObject, budget: ValueBudget, depth: number): AttributeValue {
  const string = field(value, 'stringValue', 'string_value');
  if (string !== undefined) {
    if (typeof string !== 'string') throw unexpected('stringValue', 'a string', string);
    return string;
  }
  const bool = field(value, 'boolValue', 'bool_value');
  if (bool !== undefined) {
    if (typeof bool !== 'boolean') throw unexpected('boolValue', 'true or false', bool);
    return bool;
  }
  const int = field(value, 'intValue', 'int_value');
  if (int !== undefined) return int64(int);
  const double = field(value, 'doubleValue', 'double_value');
  if (double !== undefined) return readDouble(double);
  const array = field(value, 'arrayValue', 'array_value');
  if (array !== undefined) {
    budget.checkDepth(depth + 1);
    return objects(toObject('arrayValue', array), 'values', 'values').map((item) => {
      budget.take();
      return readAnyValue(item, budget, depth + 1);
    });
  }
  const list = field(value, 'kvlistValue', 'kvlist_value');
  if (list !== undefined) {
    budget.checkDepth(depth + 1);
    return readKeyValues(objects(toObject('kvlistValue', list), 'values', 'values'), budget, depth + 1);
  }
  const bytes = field(value, 'bytesValue', 'bytes_value');
  if (bytes !== undefined) {
    if (typeof bytes !== 'string') throw unexpected('bytesValue', 'a base64 string', bytes);
    return new Uint8Array(Buffer.from(bytes, 'base64'));
  }
  return null;
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/** An integer as number, digits or bigint; undefined if it is none. */
function integer(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function int64(value: unknown): number | bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  const exact = integer(value);
  if (exact === undefined || exact < INT64_MIN || exact > INT64_MAX)
    throw unexpected('intValue', 'an integer of 64 bits', value);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

/** Protobuf's JSON writes what JSON cannot say as strings: `NaN`, `Infinity`, `-Infinity`. */
function readDouble(value: unknown): number | DoubleValue {
  const double = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const number = typeof double === 'bigint' ? Number(double) : double;
  if (typeof number !== 'number' || (Number.isNaN(number) && value !== 'NaN'))
    throw unexpected('doubleValue', 'a number', value);
  return Number.isInteger(number) ? new DoubleValue(number) : number;
}

function nanoseconds(owner: JsonObject, camel: string, snake: string): bigint {
  const value = field(owner, camel, snake);
  if (value === undefined || value === '') return 0n;
  const exact = integer(value);
  if (exact === undefined || exact < 0n || exact > UINT64_MAX)
    throw unexpected(camel, 'nanoseconds since 1970 as digits', value);
  return exact;
}

function count(owner: JsonObject, camel: string, snake: string): number {
  const value = field(owner, camel, snake);
  if (value === undefined) return 0;
  const exact = integer(value);
  if (exact === undefined || exact < 0n || exact > 0xffff_ffffn)
    throw unexpected(camel, 'an unsigned integer of 32 bits', value);
  return Number(exact);
}

/** Lower-case hex of an id that came as hex in either case or, told by its length, as base64. */
function id(owner: JsonObject, camel: string, snake: string, bytes: 8 | 16): string {
  const value = text(owner, camel, snake);
  if (value.length === bytes * 2) return value.toLowerCase();
  const unpadded = value.replace(/=+$/, '');
  if (unpadded.length === Math.ceil((bytes * 4) / 3) && /^[\w+/-]+$/.test(unpadded))
    return Buffer.from(unpadded, 'base64').toString('hex');
  return value.toLowerCase();
}

/** An enum as its number or its name, with or without prefix; what is not known is the first of the list. */
function choice<T extends string>(
  owner: JsonObject,
  name: string,
  prefix: string,
  values: readonly T[],
  unknown: T,
): T {
  const value = field(owner, name, name);
  if (typeof value === 'string' && !/^\d+$/.test(value)) {
    const plain = value.toUpperCase().replace(prefix, '').toLowerCase();
    return values.find((known) => known === plain) ?? unknown;
  }
  return values[Number(value)] ?? unknown;
}

function text(owner: JsonObject, camel: string, snake: string): string {
  const value = field(owner, camel, snake);
  if (value === undefined) return '';
  if (typeof value !== 'string') throw unexpected(camel, 'a string', value);
  return value;
}

function object(owner: JsonObject, camel: string, snake: string): JsonObject {
  const value = field(owner, camel, snake);
  return value === undefined ? {} : toObject(camel, value);
}

function array(owner: JsonObject, camel: string, snake: string): readonly unknown[] {
  const value = field(owner, camel, snake);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw unexpected(camel, 'an array', value);
  return value;
}

/** A null stands for a message without fields. */
function objects(owner: JsonObject, camel: string, snake: string): readonly JsonObject[] {
  return array(owner, camel, snake).map((item) => toObject(camel, item ?? {}));
}

function toObject(name: string, value: unknown): JsonObject {
  if (!isObject(value)) throw unexpected(name, 'an object', value);
  return value;
}

/** A field by either name. Null means absent, as in protobuf's JSON. Own properties only: names are hostile. */
function field(owner: JsonObject, camel: string, snake: string): unknown {
  if (Object.hasOwn(owner, camel)) return owner[camel] ?? undefined;
  return camel !== snake && Object.hasOwn(owner, snake) ? (owner[snake] ?? undefined) : undefined;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unexpected(name: string, expected: string, found: unknown): SpanRejection {
  return new SpanRejection('malformed-span', `${name} is ${nameOf(found)}, expected ${expected}`);
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} ${JSON.stringify(String(value).slice(0, 40))}`;
}
