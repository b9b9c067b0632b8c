import type { LogSink, RawLogRecord } from '../../otlp/logs/log-sink.ts';
import type { AttributeRedactor } from './redact-attributes.ts';

/** Redacts every text of a record except its ids. */
export function redactLogRecord(redactor: AttributeRedactor, record: RawLogRecord): RawLogRecord {
  return {
    ...record,
    eventName: redactor.text(record.eventName),
    severityText: redactor.text(record.severityText),
    body: redactor.value(record.body, ''),
    attributes: redactor.attributes(record.attributes),
    resource: redactor.resource(record.resource),
    scope: redactor.scope(record.scope),
  };
}

/** Passes on redacted records. */
export function redactedLogs(redactor: AttributeRedactor, sink: LogSink): LogSink {
  return {
    logRecord: (record) => sink.logRecord(redactLogRecord(redactor, record)),
    reject: (rejected, resource) => sink.reject(rejected, resource && redactor.resource(resource)),
  };
}
