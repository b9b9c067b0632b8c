/** For tests: generates random log records, and encodes log records to OTLP in protobuf and in JSON. */
import fc from 'fast-check';
import type { RawLogRecord } from '../../otlp/logs/log-sink.ts';
import {
  anyText,
  anyValue,
  arbitraryResource,
  arbitraryScope,
  attributes,
  hexId,
  time,
  uint32,
} from './arbitrary-values.ts';
import {
  anyValue as anyValueFields,
  attributes as attributeFields,
  bytes,
  fixed32,
  fixed64,
  jsonAttributes,
  jsonValue,
  requestJson,
  requestProtobuf,
  text,
  varint,
} from './encode-values.ts';

export const arbitraryLogRecord: fc.Arbitrary<RawLogRecord> = fc.record({
  timeUnixNano: fc.oneof(fc.constant(0n), time),
  observedTimeUnixNano: time,
  severityNumber: fc.integer({ min: 0, max: 24 }),
  severityText: anyText,
  eventName: anyText,
  body: anyValue,
  attributes,
  droppedAttributesCount: uint32,
  flags: uint32,
  traceId: fc.oneof(fc.constant(''), hexId(32)),
  spanId: fc.oneof(fc.constant(''), hexId(16)),
  resource: arbitraryResource,
  scope: arbitraryScope,
});

export function encodeLogsProtobuf(records: readonly RawLogRecord[]): Buffer {
  return requestProtobuf(
    records.map((record) => ({
      ...record,
      bytes: [
        fixed64(1, record.timeUnixNano),
        varint(2, record.severityNumber),
        text(3, record.severityText),
        bytes(5, anyValueFields(record.body)),
        ...attributeFields(6, record.attributes),
        varint(7, record.droppedAttributesCount),
        fixed32(8, record.flags),
        bytes(9, [Buffer.from(record.traceId, 'hex')]),
        bytes(10, [Buffer.from(record.spanId, 'hex')]),
        fixed64(11, record.observedTimeUnixNano),
        text(12, record.eventName),
      ],
    })),
  );
}

export function encodeLogsJson(records: readonly RawLogRecord[]): Record<string, unknown> {
  return requestJson(
    ['resourceLogs', 'scopeLogs', 'logRecords'],
    records.map((record) => ({
      ...record,
      json: {
        ...record,
        resource: undefined,
        scope: undefined,
        timeUnixNano: String(record.timeUnixNano),
        observedTimeUnixNano: String(record.observedTimeUnixNano),
        body: jsonValue(record.body),
        attributes: jsonAttributes(record.attributes),
      },
    })),
  );
}
