import type { Attributes, AttributeValue, RawResource, RawScope } from '@throughline/spans';
import type { Rejected } from '../rejection.ts';

/**
 * A log record with every field of OpenTelemetry's protocol.
 * Source: opentelemetry-proto `logs/v1/logs.proto`.
 */
export interface RawLogRecord {
  /** 0 if it is not set. */
  readonly timeUnixNano: bigint;
  /** 0 if it is not set. */
  readonly observedTimeUnixNano: bigint;
  /** 1 to 24, or 0 if it is unspecified. */
  readonly severityNumber: number;
  readonly severityText: string;
  /** Empty in older clients, which set the attribute `event.name` instead. */
  readonly eventName: string;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly flags: number;
  /** Lower-case hex. Empty if the record does not belong to a trace. */
  readonly traceId: string;
  readonly spanId: string;
  readonly resource: RawResource;
  readonly scope: RawScope;
}

/** Receives log records as they are decoded. */
export interface LogSink {
  logRecord(record: RawLogRecord): void;
  /** `resource` is undefined if it cannot be read. */
  reject(rejected: Rejected, resource: RawResource | undefined): void;
}
