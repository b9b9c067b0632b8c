/** Decodes OTLP logs in JSON to `RawLogRecord`s. `readExportJson` describes deviations from the specification. */
import type { RawResource, RawScope } from '@throughline/spans';
import {
  count,
  enumNumber,
  id,
  type JsonObject,
  nanoseconds,
  object,
  readAnyValue,
  readAttributes,
  text,
} from '../json/json-values.ts';
import { type ExportNames, nameIn, readExportJson } from '../json/read-export.ts';
import { named } from '../rejection.ts';
import { ZERO_SPAN_ID, ZERO_TRACE_ID } from '../traces/check-span.ts';
import type { ValueBudget } from '../value-budget.ts';
import { checkLogRecord } from './check-log-record.ts';
import type { LogSink, RawLogRecord } from './log-sink.ts';

const NAMES: ExportNames = {
  resources: ['resourceLogs', 'resource_logs'],
  scopes: ['scopeLogs', 'scope_logs'],
  records: ['logRecords', 'log_records'],
};

/** Names of `SeverityNumber` without their prefix. Each covers four numbers: TRACE, TRACE2, TRACE3, TRACE4. */
const SEVERITIES = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

/**
 * Decodes an `ExportLogsServiceRequest`. Invalid records are passed to `sink.reject`.
 *
 * @throws OtlpJsonError if the whole request cannot be read
 */
export function decodeLogsJson(body: Uint8Array, sink: LogSink): void {
  readExportJson(body, {
    names: NAMES,
    record(record, resource, scope, budget) {
      const raw = readLogRecord(record, resource, scope, budget);
      checkLogRecord(raw);
      sink.logRecord(raw);
    },
    reject: (rejection, record, resource) =>
      sink.reject(named(rejection, nameIn(record, 'eventName', 'event_name')), resource),
  });
}

function readLogRecord(
  record: JsonObject,
  resource: RawResource,
  scope: RawScope,
  budget: ValueBudget,
): RawLogRecord {
  const traceId = id(record, 'traceId', 'trace_id', 16);
  const spanId = id(record, 'spanId', 'span_id', 8);
  budget.take();
  return {
    timeUnixNano: nanoseconds(record, 'timeUnixNano', 'time_unix_nano'),
    observedTimeUnixNano: nanoseconds(record, 'observedTimeUnixNano', 'observed_time_unix_nano'),
    severityNumber: enumNumber(record, 'severityNumber', 'severity_number', severityNamed),
    severityText: text(record, 'severityText', 'severity_text'),
    eventName: text(record, 'eventName', 'event_name'),
    body: readAnyValue(object(record, 'body', 'body'), budget, 0),
    attributes: readAttributes(record, budget, 0),
    droppedAttributesCount: count(record, 'droppedAttributesCount', 'dropped_attributes_count'),
    flags: count(record, 'flags', 'flags'),
    traceId: traceId === ZERO_TRACE_ID ? '' : traceId,
    spanId: spanId === ZERO_SPAN_ID ? '' : spanId,
    resource,
    scope,
  };
}

/** Converts `SEVERITY_NUMBER_INFO2` to 10. */
function severityNamed(name: string): number {
  const [, level = '', step = '1'] = /^(?:SEVERITY_NUMBER_)?([A-Z]+)([1-4])?$/.exec(name) ?? [];
  const at = SEVERITIES.indexOf(level);
  return at < 0 ? 0 : at * 4 + Number(step);
}
