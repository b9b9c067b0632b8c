/**
 * Decodes OTLP logs in protobuf to `RawLogRecord`s in one pass.
 * Source: opentelemetry-proto `logs/v1/logs.proto`. Fields that are not listed here are skipped.
 */
import type { AttributeValue, RawResource, RawScope } from '@throughline/spans';
import type { KeyInterner } from '../key-interner.ts';
import { FIXED32, FIXED64, LENGTH, ProtobufReader, tag, VARINT } from '../protobuf/protobuf-reader.ts';
import type { ProtobufValues } from '../protobuf/protobuf-values.ts';
import { readExportProtobuf } from '../protobuf/read-export.ts';
import { named } from '../rejection.ts';
import { ZERO_SPAN_ID, ZERO_TRACE_ID } from '../traces/check-span.ts';
import { checkLogRecord } from './check-log-record.ts';
import type { LogSink, RawLogRecord } from './log-sink.ts';

/**
 * Decodes an `ExportLogsServiceRequest`. Invalid records are passed to `sink.reject`.
 *
 * @throws ProtobufError if the message is not valid protobuf; discard the records that the sink received before
 */
export function decodeLogsProtobuf(body: Uint8Array, sink: LogSink, keys?: KeyInterner): void {
  readExportProtobuf(new ProtobufReader(body, keys), {
    record(values, resource, scope) {
      const record = readLogRecord(values, resource, scope);
      try {
        checkLogRecord(record);
        sink.logRecord(record);
      } catch (error) {
        throw named(error, record.eventName);
      }
    },
    reject: (rejection, resource) => sink.reject(rejection, resource),
  });
}

/**
 * LogRecord: 1 time_unix_nano, 2 severity_number, 3 severity_text, 5 body, 6 attributes, 7 dropped_attributes_count,
 * 8 flags, 9 trace_id, 10 span_id, 11 observed_time_unix_nano, 12 event_name
 */
function readLogRecord(values: ProtobufValues, resource: RawResource, scope: RawScope): RawLogRecord {
  const { reader } = values;
  const attributes = new Map<string, AttributeValue>();
  let timeUnixNano = 0n;
  let observedTimeUnixNano = 0n;
  let severityNumber = 0;
  let severityText = '';
  let eventName = '';
  let body: AttributeValue = null;
  let droppedAttributesCount = 0;
  let flags = 0;
  let traceId = '';
  let spanId = '';
  while (reader.next()) {
    switch (reader.tag) {
      case tag(1, FIXED64):
        timeUnixNano = reader.fixed64();
        break;
      case tag(2, VARINT):
        severityNumber = reader.uint32();
        break;
      case tag(3, LENGTH):
        severityText = reader.key();
        break;
      case tag(5, LENGTH):
        values.budget.take();
        body = values.anyValue(0);
        break;
      case tag(6, LENGTH):
        values.keyValue(attributes, 0);
        break;
      case tag(7, VARINT):
        droppedAttributesCount = reader.uint32();
        break;
      case tag(8, FIXED32):
        flags = reader.fixed32();
        break;
      case tag(9, LENGTH):
        traceId = reader.hex();
        break;
      case tag(10, LENGTH):
        spanId = reader.hex();
        break;
      case tag(11, FIXED64):
        observedTimeUnixNano = reader.fixed64();
        break;
      case tag(12, LENGTH):
        eventName = reader.key();
        break;
      default:
        reader.skip();
    }
  }
  return {
    timeUnixNano,
    observedTimeUnixNano,
    severityNumber,
    severityText,
    eventName,
    body,
    attributes,
    droppedAttributesCount,
    flags,
    traceId: traceId === ZERO_TRACE_ID ? '' : traceId,
    spanId: spanId === ZERO_SPAN_ID ? '' : spanId,
    resource,
    scope,
  };
}
