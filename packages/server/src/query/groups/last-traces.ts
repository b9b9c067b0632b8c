import type { QueryLimits } from '../../clickhouse/engine.ts';
import { sql } from '../../clickhouse/sql.ts';
import { MINUTE, MINUTE_NS, type ProjectScope } from '../project-scope.ts';
import { type Previews, readPreviews } from '../traces/previews.ts';
import { previewSource, readTraceRows, type TraceRow } from '../traces/trace-row.ts';
import { GROUP_COLUMNS, type GroupBy } from './group-columns.ts';

interface LastTrace {
  readonly row: TraceRow;
  readonly previews: Previews;
}

/**
 * The last trace of each session or user. `lastNs` is its start, which is part of the primary key, so each trace costs one
 * granule.
 */
export async function readLastTraces(
  scope: ProjectScope,
  by: GroupBy,
  groups: readonly { readonly id: string; readonly lastNs: string }[],
  limits: QueryLimits,
): Promise<ReadonlyMap<string, LastTrace>> {
  if (groups.length === 0) return new Map();
  const column = GROUP_COLUMNS[by];
  const found = await scope.query<{ id: string; trace_id: string }>(
    sql`
    SELECT id, max(trace_id) AS trace_id
    FROM (
      SELECT arrayJoin(${column}) AS id, trace_id, toString(toUnixTimestamp64Nano(start)) AS start_ns
      FROM ${scope.traces} AS traces
      WHERE toString(${MINUTE}) IN ${minutesOf(groups)} AND hasAny(${column}, ${groups.map(({ id }) => id)}))
    WHERE (id, start_ns) IN (
      SELECT place.1, place.2
      FROM (SELECT arrayJoin(arrayZip(${groups.map(({ id }) => id)}, ${groups.map(({ lastNs }) => lastNs)})) AS place))
    GROUP BY id`,
    limits,
  );
  if (found.length === 0) return new Map();
  const rows = await readTraceRows(
    scope,
    [
      sql`trace_id IN ${found.map((each) => each.trace_id)}`,
      sql`toString(${MINUTE}) IN ${minutesOf(groups)}`,
    ],
    limits,
  );
  const previews = await readPreviews(scope, rows.map(previewSource), limits);
  const byId = new Map(rows.map((row) => [row.trace_id, row]));
  return new Map(
    found.flatMap(({ id, trace_id }) => {
      const row = byId.get(trace_id);
      const none = { inputPreview: null, outputPreview: null };
      return row ? [[id, { row, previews: previews.get(trace_id) ?? none }] as const] : [];
    }),
  );
}

function minutesOf(groups: readonly { readonly lastNs: string }[]): string[] {
  return [...new Set(groups.map(({ lastNs }) => String(BigInt(lastNs) / MINUTE_NS)))];
}
