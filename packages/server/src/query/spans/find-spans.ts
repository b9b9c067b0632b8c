import type { Engine } from '../../clickhouse/engine.ts';
import { compile, join, type Sql, sql, time } from '../../clickhouse/sql.ts';

export interface FoundSpan {
  readonly spanId: string;
  readonly project: string;
  readonly traceId: string;
}

/** A UUID of version 7 begins with a time in milliseconds. */
const UUID_7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TEN_MINUTES_NS = 600_000_000_000n;
/** Ids of one request are from the same hour. If their times are far apart, only the latest are searched. */
const MAX_WINDOWS = 8;
const MAX_SECONDS = 10;

/**
 * Finds spans whose trace and project are not known. There is no index of span ids, so the search is limited: to spans
 * that are the root of a trace with the same id, and to ten minutes around the times in the ids that have one. Like
 * `listProjects`, the query is not limited to one project.
 */
export async function findSpans(
  engine: Engine,
  spanIds: readonly string[],
  signal: AbortSignal,
): Promise<FoundSpan[]> {
  const select = async (condition: Sql, ids: readonly string[]) =>
    ids.length === 0
      ? []
      : engine.query<FoundSpan>(
          ...compile(sql`
          SELECT span_id AS spanId, project, trace_id AS traceId
          FROM spans
          WHERE ${condition} AND span_id IN ${ids}
          LIMIT 1 BY spanId`),
          { maxSeconds: MAX_SECONDS, signal },
        );
  const roots = await select(sql`trace_id IN ${spanIds} AND span_id = trace_id`, spanIds);
  const known = new Set(roots.map(({ spanId }) => spanId));
  const timed = spanIds.flatMap((spanId) => {
    const timeNs = known.has(spanId) ? undefined : timeOfId(spanId);
    return timeNs === undefined ? [] : [{ spanId, timeNs }];
  });
  const windows = windowsAround(timed.map(({ timeNs }) => timeNs)).slice(-MAX_WINDOWS);
  const conditions = windows.map(
    ({ fromNs, toNs }) => sql`(start >= ${time(fromNs)} AND start <= ${time(toNs)})`,
  );
  const others = await select(
    sql`(${join(conditions, ' OR ')})`,
    timed.map(({ spanId }) => spanId),
  );
  return [...roots, ...others];
}

interface Window {
  readonly fromNs: bigint;
  toNs: bigint;
}

/** Ten minutes before and after each time, in order. Windows that overlap are one. */
function windowsAround(timesNs: readonly bigint[]): Window[] {
  const windows: Window[] = [];
  for (const timeNs of timesNs.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0))) {
    const fromNs = timeNs - TEN_MINUTES_NS;
    const toNs = timeNs + TEN_MINUTES_NS;
    const last = windows.at(-1);
    if (last && last.toNs >= fromNs) last.toNs = toNs;
    else windows.push({ fromNs, toNs });
  }
  return windows;
}

function timeOfId(spanId: string): bigint | undefined {
  const [, high, low] = UUID_7.exec(spanId) ?? [];
  if (high === undefined || low === undefined) return undefined;
  const startNs = BigInt(`0x${high}${low}`) * 1_000_000n;
  return startNs > TEN_MINUTES_NS && startNs < 2n ** 62n ? startNs : undefined;
}
