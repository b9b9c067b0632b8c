import { type Sql, sql, time } from '../../clickhouse/sql.ts';
import { MINUTE, MINUTE_NS } from '../project-scope.ts';
import { max, min } from '../window-edge.ts';

/** Maximum number of minutes to search by the primary key. Above it, the whole range of the traces is searched. */
const MAX_MINUTES = 4000;

/** The first and the last start of a trace, in nanoseconds since 1970. */
export interface StartRange {
  readonly firstNs: bigint;
  readonly lastNs: bigint;
}

/** A condition on `spans` or `payloads` that is true for all spans of these traces. The list must not be empty. */
export function inMinutesOf(traces: readonly StartRange[]): Sql {
  const minutes = new Set<string>();
  for (const { firstNs, lastNs } of traces) {
    for (let minute = firstNs / MINUTE_NS; minute <= lastNs / MINUTE_NS; minute += 1n) {
      minutes.add(String(minute));
      if (minutes.size > MAX_MINUTES) return range(traces);
    }
  }
  return sql`toString(${MINUTE}) IN ${[...minutes]}`;
}

function range(traces: readonly StartRange[]): Sql {
  const first = traces.map(({ firstNs }) => firstNs).reduce(min);
  const last = traces.map(({ lastNs }) => lastNs).reduce(max);
  return sql`start >= ${time(first)} AND start <= ${time(last)}`;
}
