import type { Engine } from '../../clickhouse/engine.ts';
import { compile, sql } from '../../clickhouse/sql.ts';
import type { ChangedTags, TagChange } from '../../contract/trace-tags.ts';
import { type ProjectScope, projectScope } from '../../query/project-scope.ts';
import { settleTraces } from '../../settle/settle-traces.ts';
import type { Settler } from '../../settle/settler.ts';

export interface ChangeTagsParts {
  readonly engine: Engine;
  readonly settler: Pick<Settler, 'alone'>;
  /** The current time in nanoseconds since 1970. Never returns the same value twice. */
  readonly now: () => bigint;
}

/**
 * Gives tags to traces and takes them away. Resolves once lists and filters show the change. Tags are stored apart from
 * spans, so that spans which arrive later do not remove them.
 */
export async function changeTags(
  { engine, settler, now }: ChangeTagsParts,
  project: string,
  { traceIds, add, remove }: TagChange,
): Promise<ChangedTags> {
  return settler.alone(async () => {
    const tags = [...add, ...remove];
    const present = [...add.map(() => '1'), ...remove.map(() => '0')];
    await engine.write(
      ...compile(sql`
      INSERT INTO trace_tags (project, trace_id, tag, present, version)
      SELECT ${project}, each.trace_id, change.tag, change.present = '1', ${now()}
      FROM (SELECT DISTINCT arrayJoin(${traceIds}) AS trace_id) AS each
      CROSS JOIN (SELECT DISTINCT pair.1 AS tag, pair.2 AS present FROM (SELECT arrayJoin(arrayZip(${tags}, ${present})) AS pair)) AS change`),
    );
    const traces = await placesOf(projectScope(engine, project), traceIds);
    await settleTraces(
      engine,
      traces.map((trace) => ({ project, ...trace })),
    );
    return { traces: traces.length };
  });
}

/** The traces that exist, with the range of the starts of their spans. */
async function placesOf(scope: ProjectScope, traceIds: readonly string[]) {
  const rows = await scope.query<{ trace_id: string; first: string; last: string }>(
    sql`
    SELECT trace_id, toUnixTimestamp64Nano(start) AS first, toUnixTimestamp64Nano(last_start) AS last
    FROM ${scope.traces} AS traces
    WHERE trace_id IN ${traceIds}`,
  );
  return rows.map(({ trace_id, first, last }) => ({
    traceId: trace_id,
    firstNs: BigInt(first),
    lastNs: BigInt(last),
  }));
}
