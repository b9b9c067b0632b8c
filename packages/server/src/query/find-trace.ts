import type { Engine } from '../clickhouse/engine.ts';
import { compile, sql } from '../clickhouse/sql.ts';
import { ThroughlineError } from '../errors/errors.ts';
import { projectsOfTrace } from './projects-of-trace.ts';

/** A trace with the projects that have spans of it. */
export interface FoundTraceId {
  readonly traceId: string;
  readonly projects: readonly string[];
}

/** The beginning of an id of OpenTelemetry, which is enough to find it. */
const SHORT_ID = /^[0-9a-f]{8,31}$/i;

/**
 * Finds a trace by its id or by the first eight or more characters of an id of OpenTelemetry. Undefined if there is none.
 *
 * @throws ThroughlineError invalid-request if several ids begin like this
 */
export async function findTrace(
  engine: Engine,
  id: string,
  signal?: AbortSignal,
): Promise<FoundTraceId | undefined> {
  const projects = await projectsOfTrace(engine, id, signal);
  if (projects.length > 0) return { traceId: id, projects };
  if (!SHORT_ID.test(id)) return undefined;
  const [traceId, other] = await idsStartingWith(engine, id.toLowerCase(), signal);
  if (traceId === undefined) return undefined;
  if (other !== undefined)
    throw new ThroughlineError(
      'invalid-request',
      `Several traces have an id that begins with "${id}". Give more characters of it.`,
    );
  return { traceId, projects: await projectsOfTrace(engine, traceId, signal) };
}

/**
 * Returns at most two ids, which shows whether the prefix is unique. It reads the ids of all traces, but no other
 * column.
 */
async function idsStartingWith(engine: Engine, prefix: string, signal?: AbortSignal): Promise<string[]> {
  const rows = await engine.query<{ id: string }>(
    ...compile(sql`
    SELECT DISTINCT trace_id AS id
    FROM traces
    WHERE startsWith(trace_id, ${prefix})
    LIMIT 2`),
    signal ? { signal } : {},
  );
  return rows.map(({ id }) => id);
}
