import {
  decodeAttributes,
  decodeValue,
  mapTexts,
  type RawSpan,
  searchTextOf,
  spanOfLog,
} from '@throughline/spans';
import { type Sql, sql } from '../clickhouse/sql.ts';
import { type PayloadRow, rawSpanOfRows } from '../query/spans/raw-span-of-rows.ts';
import { PAYLOAD_COLUMNS as PAYLOAD_FIELDS } from '../query/spans/used-documents.ts';
import { LOG_COLUMNS } from '../tables/log-row.ts';
import { decodeResource, decodeScope } from '../tables/payload-codec.ts';
import { PAYLOAD_COLUMNS } from '../tables/payload-row.ts';

/** A table with a column `search_text`, and how to derive its values from the other columns. */
export interface SearchedTable {
  readonly name: 'payloads' | 'logs';
  /** Names of all columns. */
  readonly columns: readonly string[];
  /** Identifies a row together with its project and trace. */
  readonly identity: Sql;
  /** The columns that `textOf` needs. */
  readonly fields: Sql;
  /** Derives the search text of a row that has `fields`. */
  textOf(row: StoredRow, name: string): string;
}

/** A row of any of the tables. */
export type StoredRow = StoredPayload & StoredLog;

interface StoredPayload extends PayloadRow {
  readonly traceId: string;
  readonly spanId: string;
  readonly timeNs: string;
}

interface StoredLog {
  readonly traceId: string;
  readonly spanId: string;
  readonly timeNs: string;
  readonly event_name: string;
  readonly body: string;
  readonly attributes: string;
  readonly dropped_attributes_count: number;
  readonly resource: string;
  readonly scope: string;
}

export const SEARCHED_TABLES: readonly SearchedTable[] = [
  {
    name: 'payloads',
    columns: PAYLOAD_COLUMNS.map(({ name }) => name),
    identity: sql`concat(span_id, ' ', toString(toUnixTimestamp64Nano(start)))`,
    fields: sql`toString(toUnixTimestamp64Nano(start)) AS timeNs, ${PAYLOAD_FIELDS}`,
    textOf: (row: StoredPayload, name) => searchTextOfSpan(spanOfPayload(row, name)),
  },
  {
    name: 'logs',
    columns: LOG_COLUMNS.map(({ name }) => name),
    identity: sql`concat(span_id, ' ', toString(toUnixTimestamp64Nano(time)), ' ', event_name, ' ', toString(content_hash))`,
    fields: sql`toString(toUnixTimestamp64Nano(time)) AS timeNs, event_name, body, attributes, dropped_attributes_count, resource, scope`,
    textOf: (row: StoredLog) => searchTextOfSpan(spanOfRecord(row)),
  },
];

function searchTextOfSpan(span: RawSpan): string {
  return searchTextOf(span, mapTexts(span));
}

function spanOfPayload(payload: StoredPayload, name: string): RawSpan {
  const { traceId, spanId, timeNs: startNs, status_code: status } = payload;
  const unknown = {
    parentSpanId: null,
    durationNs: null,
    statusMessage: null,
    otelKind: 'unspecified',
  } as const;
  return rawSpanOfRows({ ...unknown, traceId, spanId, startNs, name, status }, payload);
}

function spanOfRecord(row: StoredLog): RawSpan {
  const log = {
    eventName: row.event_name,
    timeUnixNano: BigInt(row.timeNs),
    body: decodeValue(JSON.parse(row.body)),
    attributes: decodeAttributes(row.attributes),
    droppedAttributesCount: row.dropped_attributes_count,
  };
  const { traceId, spanId } = row;
  return spanOfLog(log, {
    traceId,
    spanId,
    resource: decodeResource(row.resource),
    scope: decodeScope(row.scope),
  });
}
