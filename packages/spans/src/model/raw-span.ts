/**
 * A span with all data of OpenTelemetry's protocol, in a convenient form. Every wire protocol is decoded to this form, and
 * all dialects read it.
 * Source: opentelemetry-proto `trace/v1/trace.proto`, `common/v1/common.proto`.
 */

/** A double with an integral value. Without the wrapper, it would be read back as an integer. */
export class DoubleValue {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/**
 * An `AnyValue`. An integral `number` is an `int_value`; any other `number`, including NaN and infinities, is a
 * `double_value`. An integral double is a {@link DoubleValue}, an int64 outside ±(2^53−1) is a `bigint`, and an `AnyValue`
 * without a value is `null`.
 */
export type AttributeValue =
  | string
  | boolean
  | number
  | bigint
  | null
  | DoubleValue
  | Uint8Array
  | readonly AttributeValue[]
  | Attributes;

/**
 * Attributes in the order in which they arrived. They are in a Map, so that hostile keys such as `__proto__` are ordinary
 * keys. If a key occurs twice, the last value is kept.
 */
export type Attributes = ReadonlyMap<string, AttributeValue>;

/** OpenTelemetry's span kind (`SpanKind` in the protocol). Not to be confused with our `SpanKind`. */
export type OtelKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** OpenTelemetry's status of a span. */
export type StatusCode = 'unset' | 'ok' | 'error';

/** An event of a span. */
export interface RawEvent {
  readonly name: string;
  readonly timeUnixNano: bigint;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

/** A link from a span to another span. */
export interface RawLink {
  /** Lower-case hex. */
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly flags: number;
}

/** The service or process that sent a span. */
export interface RawResource {
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

/** The instrumentation library that created a span. */
export interface RawScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

/** A span as it was received, before any dialect is applied. */
export interface RawSpan {
  /** 32 lower-case hex digits for OpenTelemetry. Ids of other protocols are kept unchanged. */
  readonly traceId: string;
  /** 16 lower-case hex digits for OpenTelemetry. */
  readonly spanId: string;
  /** Empty for a root span. */
  readonly parentSpanId: string;
  readonly traceState: string;
  /** W3C trace flags in the low 8 bits. Bits 8 and 9 indicate whether the parent is remote. */
  readonly flags: number;
  readonly name: string;
  readonly otelKind: OtelKind;
  readonly startTimeUnixNano: bigint;
  /** 0 while the span has not ended. */
  readonly endTimeUnixNano: bigint;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly events: readonly RawEvent[];
  readonly droppedEventsCount: number;
  readonly links: readonly RawLink[];
  readonly droppedLinksCount: number;
  readonly statusCode: StatusCode;
  readonly statusMessage: string;
  readonly resource: RawResource;
  readonly scope: RawScope;
}
