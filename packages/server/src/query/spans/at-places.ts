import { type Sql, sql } from '../../clickhouse/sql.ts';
import { MINUTE, MINUTE_NS } from '../project-scope.ts';

/** A span with its start, which is part of the primary key. */
export interface SpanPlace {
  readonly traceId: string;
  readonly spanId: string;
  readonly startNs: string;
}

/** A condition on `spans` and `payloads` that is true for these spans. Each costs one granule. */
export function atPlaces(places: readonly SpanPlace[]): Sql {
  return sql`(${MINUTE}, trace_id, span_id) IN (
        SELECT intDiv(toInt64(place.1), ${MINUTE_NS}), place.2, place.3
        FROM (SELECT arrayJoin(arrayZip(
          ${places.map(({ startNs }) => startNs)},
          ${places.map(({ traceId }) => traceId)},
          ${places.map(({ spanId }) => spanId)})) AS place))`;
}
