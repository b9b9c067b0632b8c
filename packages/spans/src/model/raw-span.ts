/**
 * A span as OpenTelemetry's protocol carries it, made convenient and nothing lost.
 * Every wire protocol is decoded into this shape; every dialect reads it.
 * Source: opentelemetry-proto `trace/v1/trace.proto`, `common/v1/common.proto`.
 */

/** A double whose value is a whole number. Without the wrapper it would read back as an integer. */
export class DoubleValue {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/**
 * An `AnyValue`. A whole `number` arrived as `int_value`, any other `number` (NaN and infinities too) as
 * `double_value`; a whole double is a {@link DoubleValue}; an int64 outside ±(2^53−1) is a `bigint`;
 * an `AnyValue` without a value is `null`.
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
 * Attributes in the order they arrived. A Map, because keys are hostile: `__proto__` is a name like any other.
 * A key that arrives twice keeps its last value.
 */
export type Attributes = ReadonlyMap<string, AttributeValue>;

/** OpenTelemetry's own span kind, `SpanKind` in the protocol. Not the kind of observation: that is `SpanKind` here. */
export type OtelKind = 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export type StatusCode = 'unset' | 'ok' | 'error';

export interface RawEvent {
  readonly name: string;
  readonly timeUnixNano: bigint;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

export interface RawLink {
  /** Lower-case hex. */
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly flags: number;
}

export interface RawResource {
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

export interface RawScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

export interface RawSpan {
  /** OpenTelemetry: 32 lower-case hex digits. Other protocols bring their own ids unchanged. */
  readonly traceId: string;
  /** OpenTelemetry: 16 lower-case hex digits. */
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly traceState: string;
  /** W3C trace flags in the low 8 bits; bits 8 and 9 say whether the parent is remote. */
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
