import type { QueryLimits } from '../../clickhouse/engine.ts';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import { MINUTE, type ProjectScope } from '../../query/project-scope.ts';
import type { Place } from './progress.ts';

/** A range of minutes, inclusive, or one part of the traces of a minute with many spans. */
export interface Window {
  readonly from: Place;
  readonly lastMinute: number;
  /** Where the next window begins. */
  readonly next: Place;
}

/** Maximum number of spans in a window. Settling waits while one is written. */
const WINDOW_SPANS = 4_000;
/** Minutes that are planned at once. */
const MINUTES_AT_ONCE = 2_000;
const LIMITS: QueryLimits = { maxSeconds: 600 };

/** The next windows of a run, in the order of time. Empty at its end. */
export async function planWindows(scope: ProjectScope, conditions: Sql, place: Place): Promise<Window[]> {
  const rows = await scope.query<{ minute: string; n: string }>(
    sql`
    SELECT ${MINUTE} AS minute, count() AS n
    FROM ${scope.spans}
    WHERE ${conditions} AND ${MINUTE} >= ${place.minute}
    GROUP BY minute
    ORDER BY minute
    LIMIT ${MINUTES_AT_ONCE}`,
    LIMITS,
  );
  return windowsOf(
    rows.map(({ minute, n }) => ({ minute: Number(minute), spans: Number(n) })),
    place,
  );
}

/** Groups minutes, which are in order, into windows. Minutes with many spans are split. */
export function windowsOf(
  minutes: readonly { readonly minute: number; readonly spans: number }[],
  place: Place,
): Window[] {
  const windows: Window[] = [];
  let open: { readonly first: number; last: number; spans: number } | undefined;
  const close = () => {
    if (open) windows.push({ from: whole(open.first), lastMinute: open.last, next: whole(open.last + 1) });
    open = undefined;
  };
  for (const { minute, spans } of minutes) {
    // A minute keeps its number of parts while spans arrive in it, so that no part is skipped.
    const isSplit = minute === place.minute && place.parts > 1;
    if (isSplit || spans > WINDOW_SPANS) {
      close();
      const parts = isSplit ? place.parts : Math.ceil(spans / WINDOW_SPANS);
      for (let part = isSplit ? place.part : 0; part < parts; part++)
        windows.push({
          from: { minute, part, parts },
          lastMinute: minute,
          next: part + 1 < parts ? { minute, part: part + 1, parts } : whole(minute + 1),
        });
      continue;
    }
    if (open && open.spans + spans > WINDOW_SPANS) close();
    open ??= { first: minute, last: minute, spans: 0 };
    open.last = minute;
    open.spans += spans;
  }
  close();
  return windows;
}

function whole(minute: number): Place {
  return { minute, part: 0, parts: 1 };
}

/** A condition on the spans of a window. */
export function whereOf({ from, lastMinute }: Window, conditions: Sql): Sql {
  const { minute, part, parts } = from;
  return parts > 1
    ? sql`${MINUTE} = ${minute} AND cityHash64(trace_id) % ${parts} = ${part} AND ${conditions}`
    : sql`${MINUTE} >= ${minute} AND ${MINUTE} <= ${lastMinute} AND ${conditions}`;
}

const MINUTE_NS = 60_000_000_000n;

/** A range of time that contains the starts of all spans of a window. */
export function rangeOfWindow({ from, lastMinute }: Window): {
  readonly firstNs: bigint;
  readonly lastNs: bigint;
} {
  return { firstNs: BigInt(from.minute) * MINUTE_NS, lastNs: (BigInt(lastMinute) + 1n) * MINUTE_NS - 1n };
}

/** The number of spans that a run will examine. */
export async function countCallsOf(scope: ProjectScope, conditions: Sql): Promise<number> {
  const [row] = await scope.query<{ n: string }>(
    sql`SELECT count() AS n FROM ${scope.mergedSpans} WHERE ${conditions}`,
    LIMITS,
  );
  return Number(row?.n ?? 0);
}
