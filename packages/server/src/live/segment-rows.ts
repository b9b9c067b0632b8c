import type { Engine } from '../clickhouse/engine.ts';
import { orNull } from '../clickhouse/numbers.ts';
import { compile, type Sql, sql } from '../clickhouse/sql.ts';
import type { LiveEvent, LiveScores } from '../contract/live.ts';
import { type ScoreRow, toScoreSummary } from '../query/scores/score-rows.ts';
import { API_SETTINGS, SPAN_SUMMARY_FIELDS } from '../query/spans/span-summary.ts';
import type { LoadedTable } from './loaded-segment.ts';

/** Of a project, in one segment. */
const MAX_ROWS = 500;
/** The loader waits for us; a segment that takes longer to read is not shown. */
const MAX_SECONDS = 2;

/** What a segment has of one project: in the order it happened, at most {@link MAX_ROWS}; `more` were left out. */
interface Found<Row> {
  readonly rows: Row[];
  readonly more: number;
}

interface OfProject {
  readonly project: string;
  readonly inSegment: number;
}

/** By project; those without spans in the segment are absent. The newest are chosen. */
export async function spansOfSegment(
  engine: Pick<Engine, 'queryFile'>,
  table: LoadedTable,
  projects: readonly string[],
): Promise<Map<string, Found<LiveEvent['spans'][number]>>> {
  const rows = await read<LiveEvent['spans'][number] & OfProject>(
    engine,
    table,
    sql`
    SELECT ${SPAN_SUMMARY_FIELDS}, trace_id AS traceId, nullIf(user_id, '') AS userId,
      nullIf(session_id, '') AS sessionId, project, count() OVER (PARTITION BY project) AS inSegment
    FROM segment
    WHERE project IN ${projects}
    ORDER BY start DESC
    LIMIT ${MAX_ROWS} BY project
    ${API_SETTINGS}`,
  );
  return byProject(rows, (span) => span);
}

type SegmentScore = Omit<ScoreRow, 'comment' | 'metadata' | 'created_ns'>;

/** By project; those without scores in the segment are absent. Of a score that came several times the last one counts,
 * as it does in the store; those of one request have one version. */
export async function scoresOfSegment(
  engine: Pick<Engine, 'queryFile'>,
  table: LoadedTable,
  projects: readonly string[],
): Promise<Map<string, Found<LiveScores['scores'][number]>>> {
  const rows = await read<SegmentScore & OfProject>(
    engine,
    table,
    sql`
    SELECT *, count() OVER (PARTITION BY project) AS inSegment
    FROM (
      SELECT project, id, trace_id, span_id, session_id, name, value_type, number, text, label, unit, source, evaluator,
        version
      FROM segment
      WHERE project IN ${projects}
      ORDER BY version DESC, rowNumberInAllBlocks() DESC
      LIMIT 1 BY project, id
    )
    ORDER BY version DESC
    LIMIT ${MAX_ROWS} BY project
    ${API_SETTINGS}`,
  );
  return byProject(rows, (row) => ({
    ...toScoreSummary(row),
    id: row.id,
    traceId: orNull(row.trace_id),
    sessionId: orNull(row.session_id),
  }));
}

function read<Row>(engine: Pick<Engine, 'queryFile'>, table: LoadedTable, query: Sql): Promise<Row[]> {
  return engine.queryFile<Row>(table, ...compile(query), { maxSeconds: MAX_SECONDS });
}

/** From rows that come newest first. */
function byProject<Row, Shown>(
  rows: readonly (Row & OfProject)[],
  show: (row: Omit<Row & OfProject, keyof OfProject>) => Shown,
): Map<string, Found<Shown>> {
  const groups = Map.groupBy(rows, ({ project }) => project);
  return new Map(
    [...groups].map(([project, newestFirst]) => [
      project,
      {
        rows: newestFirst.map(({ project: _, inSegment: __, ...row }) => show(row)).reverse(),
        more: (newestFirst[0]?.inSegment ?? 0) - newestFirst.length,
      },
    ]),
  );
}
