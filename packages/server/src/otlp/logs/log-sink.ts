import type { Attributes, AttributeValue, RawResource, RawScope } from '@throughline/spans';
import type { Rejected } from '../rejection.ts';

/**
 * A log record as OpenTelemetry's protocol carries it, nothing lost.
 * Source: opentelemetry-proto `logs/v1/logs.proto`.
 */
export interface RawLogRecord {
  /** 0 where the record does not say. */
  readonly timeUnixNano: bigint;
  /** 0 where the record does not say. */
  readonly observedTimeUnixNano: bigint;
  /** 1 to 24, 0 where it is unspecified. */
  readonly severityNumber: number;
  readonly severityText: string;
  /** Older clients leave it empty and set the attribute `event.name`. */
  readonly eventName: string;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly flags: number;
  /** Lower-case hex; empty for a record outside of any trace. */
  readonly traceId: string;
  readonly spanId: string;
  readonly resource: RawResource;
  readonly scope: RawScope;
}

/** Takes log records as a decoder finds them. */
export interface LogSink {
  logRecord(record: RawLogRecord): void;
  /** `resource` is absent where it could not be read. */
  reject(rejected: Rejected, resource: RawResource | undefined): void;
}
