import { encodeAttributes, encodeValue } from '@throughline/spans';
import type { RawLogRecord } from '../otlp/logs/log-sink.ts';
import { columnsOf, structureOf } from './row-binary/columns.ts';

/** The data of one row of `logs`. */
export interface LogRow {
  readonly project: string;
  readonly record: RawLogRecord;
  readonly eventName: string;
  /** The time of the record, or the time at which it was observed. */
  readonly timeUnixNano: bigint;
  /** The results of `encodeResource` and `encodeScope` as RowBinary text. */
  readonly resource: Uint8Array;
  readonly scope: Uint8Array;
  readonly previews: { readonly input?: string; readonly output?: string };
  /** The result of `searchTextOf`. */
  readonly searchText: string;
  readonly contentHash: bigint;
  /** Index in the request. */
  readonly position: number;
  /** Time of receipt in nanoseconds since 1970. */
  readonly version: bigint;
}

const { text, label, encodedText, uint32, uint64, time } = columnsOf<LogRow>();

/** The columns of `logs` in the order of the schema, which a test compares. */
export const LOG_COLUMNS = [
  label('project', (row) => row.project),
  text('trace_id', (row) => row.record.traceId),
  text('span_id', (row) => row.record.spanId),
  time('time', (row) => row.timeUnixNano),
  time('observed_time', (row) => row.record.observedTimeUnixNano),
  label('event_name', (row) => row.eventName),
  uint32('severity_number', (row) => row.record.severityNumber),
  label('severity_text', (row) => row.record.severityText),
  text('body', (row) => encodeValue(row.record.body)),
  text('attributes', (row) => encodeAttributes(row.record.attributes)),
  uint32('dropped_attributes_count', (row) => row.record.droppedAttributesCount),
  uint32('flags', (row) => row.record.flags),
  encodedText('resource', (row) => row.resource),
  encodedText('scope', (row) => row.scope),
  text('input_preview', (row) => row.previews.input),
  text('output_preview', (row) => row.previews.output),
  text('search_text', (row) => row.searchText),
  uint64('content_hash', (row) => row.contentHash),
  uint32('position', (row) => row.position),
  uint64('version', (row) => row.version),
];

export const LOG_STRUCTURE = structureOf(LOG_COLUMNS);
