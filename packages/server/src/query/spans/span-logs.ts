import {
  decodeAttributes,
  decodeValue,
  EVALUATION_EVENT,
  eventOfLog,
  type RawEvent,
  type RawSpan,
} from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { sql } from '../../clickhouse/sql.ts';
import type { ProjectScope } from '../project-scope.ts';

interface Row {
  readonly time_ns: string;
  readonly event_name: string;
  readonly body: string;
  readonly attributes: string;
  readonly dropped_attributes_count: number;
}

/** Maximum number of log events per span. */
const MAX_EVENTS = 10_000;

/** The log records of a span as events, sorted by time. */
export async function readLogEvents(
  scope: ProjectScope,
  traceId: string,
  spanId: string,
  limits?: QueryLimits,
): Promise<RawEvent[]> {
  const rows = await scope.query<Row>(
    sql`
    SELECT toUnixTimestamp64Nano(time) AS time_ns, event_name, body, attributes, dropped_attributes_count
    FROM
    (
      SELECT *
      FROM ${scope.logs}
      WHERE trace_id = ${traceId} AND span_id = ${spanId}
      ORDER BY version DESC
      LIMIT 1 BY time, event_name, content_hash
    ) AS logs
    ORDER BY time, observed_time, version, position
    LIMIT ${MAX_EVENTS}`,
    limits,
  );
  return rows.map((row) =>
    eventOfLog({
      eventName: row.event_name,
      timeUnixNano: BigInt(row.time_ns),
      body: decodeValue(JSON.parse(row.body)),
      attributes: decodeAttributes(row.attributes),
      droppedAttributesCount: row.dropped_attributes_count,
    }),
  );
}

/**
 * Adds log records to a span as further events. A client can send the same content on the span and as log records, so for
 * each event name of the span the log records are ignored. Evaluations are always added, because other clients send them.
 */
export function withLogEvents(span: RawSpan, logs: readonly RawEvent[]): RawSpan {
  if (logs.length === 0) return span;
  const own = new Set(span.events.map(({ name }) => name));
  const added = logs.filter(({ name }) => name === EVALUATION_EVENT || !own.has(name));
  return { ...span, events: [...span.events, ...added] };
}
