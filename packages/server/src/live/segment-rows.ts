import type { Filter } from '@throughline/spans';
import type { Engine } from '../clickhouse/engine.ts';
import { orNull } from '../clickhouse/numbers.ts';
import { and, compile, type Sql, sql, time, unsafeRawSql } from '../clickhouse/sql.ts';
import type { LiveEvent, LiveScores } from '../contract/live.ts';
import { spanFilterConditions } from '../query/filter/filter-sql.ts';
import { projectScope } from '../query/project-scope.ts';
import { type ScoreRow, toScoreSummary } from '../query/scores/score-rows.ts';
import { API_SETTINGS, SPAN_SUMMARY_FIELDS } from '../query/spans/span-summary.ts';
import type { LoadedTable } from './loaded-segment.ts';

/** Maximum number of rows of one project from one segment. */
const MAX_ROWS = 500;
/** Maximum number of rows of all projects from one segment. With many listeners each project gets fewer. */
const MAX_ROWS_IN_ALL = 10_000;
/** Time limit for a read, which keeps the files of the segment. Rows of a segment that takes longer are skipped. */
const MAX_SECONDS = 10;
const MAX_MEMORY_BYTES = 512 * 1024 * 1024;
/** Maximum number of characters of a name or another text, which can have megabytes. */
const MAX_TEXT = 500;

/** The newest rows of one project in one segment, in the order of their time. `more` is the number of omitted rows. */
interface Found<Row> {
  readonly rows: Row[];
  readonly more: number;
}

interface OfProject {
  readonly project: string;
  readonly inSegment: number;
}

type LiveSpans = Found<LiveEvent['spans'][number]>;

/** Spans by project. Projects without spans in the segment are absent. */
export async function spansOfSegment(
  engine: Pick<Engine, 'queryFile'>,
  table: LoadedTable,
  projects: readonly string[],
): Promise<Map<string, LiveSpans>> {
  return readSpans(engine, table, projects, sql`project IN ${projects}`);
}

/**
 * The spans of one project in the segment that match a filter. The filter is evaluated in the store, which has the whole
 * traces of these spans. Undefined if no span matches.
 */
export async function matchingSpansOfSegment(
  engine: Engine,
  table: LoadedTable,
  project: string,
  filter: Filter,
): Promise<LiveSpans | undefined> {
  const [range] = await read<{ first: string; last: string; n: string }>(
    engine,
    table,
    sql`
    SELECT toUnixTimestamp64Nano(min(start)) AS first, toUnixTimestamp64Nano(max(start)) AS last, count() AS n
    FROM segment WHERE project = ${project}`,
  );
  if (!range || range.n === '0') return undefined;
  const [fromNs, toNs] = [BigInt(range.first), BigInt(range.last) + 1n];
  const scope = projectScope(engine, project);
  const matching = and([
    sql`start >= ${time(fromNs)} AND start < ${time(toNs)}`,
    ...spanFilterConditions(scope, filter, fromNs, toNs),
  ]);
  const found = await readSpans(
    engine,
    table,
    [project],
    sql`project = ${project} AND (trace_id, span_id) IN (
      SELECT trace_id, span_id FROM ${scope.mergedSpans} WHERE ${matching})`,
  );
  return found.get(project);
}

async function readSpans(
  engine: Pick<Engine, 'queryFile'>,
  table: LoadedTable,
  projects: readonly string[],
  condition: Sql,
): Promise<Map<string, LiveSpans>> {
  const rows = await read<LiveEvent['spans'][number] & OfProject>(
    engine,
    table,
    sql`
    SELECT ${SPAN_SUMMARY_FIELDS}, trace_id AS traceId, nullIf(user_id, '') AS userId,
      nullIf(session_id, '') AS sessionId, project, count() OVER (PARTITION BY project) AS inSegment
    FROM (SELECT * REPLACE (${cut(SPAN_TEXTS)}) FROM (SELECT * FROM segment WHERE ${condition}))
    ORDER BY start DESC
    LIMIT ${rowsOfEach(projects)} BY project
    ${API_SETTINGS}`,
  );
  return byProject(rows, (span) => span);
}

type SegmentScore = Omit<ScoreRow, 'comment' | 'metadata' | 'created_ns'>;

/**
 * Scores by project. Projects without scores in the segment are absent. Of several versions of a score the last one is
 * used, as in the store. Scores of the same request have the same version.
 */
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
      SELECT * REPLACE (${cut(SCORE_TEXTS)})
      FROM (
        SELECT project, id, trace_id, span_id, session_id, name, value_type, number, text, label, unit, source,
          evaluator, version
        FROM segment
        WHERE project IN ${projects}
        ORDER BY version DESC, rowNumberInAllBlocks() DESC
        LIMIT 1 BY project, id
      )
    )
    ORDER BY version DESC
    LIMIT ${rowsOfEach(projects)} BY project
    ${API_SETTINGS}`,
  );
  return byProject(rows, (row) => ({
    ...toScoreSummary(row),
    id: row.id,
    traceId: orNull(row.trace_id),
    sessionId: orNull(row.session_id),
  }));
}

const SPAN_TEXTS = [
  'name',
  'status_message',
  'error_type',
  'service',
  'provider',
  'model',
  'user_id',
  'session_id',
  'tool_name',
  'agent_name',
] as const;

const SCORE_TEXTS = ['session_id', 'name', 'text', 'label', 'unit', 'source', 'evaluator'] as const;

function cut(columns: readonly string[]): Sql {
  const cuts = columns.map((column) => `substringUTF8(${column}, 1, ${MAX_TEXT}) AS ${column}`);
  return unsafeRawSql(cuts.join(', '));
}

function rowsOfEach(projects: readonly string[]): number {
  return Math.max(10, Math.min(MAX_ROWS, Math.floor(MAX_ROWS_IN_ALL / projects.length)));
}

function read<Row>(engine: Pick<Engine, 'queryFile'>, table: LoadedTable, query: Sql): Promise<Row[]> {
  const limits = { maxSeconds: MAX_SECONDS, maxMemoryBytes: MAX_MEMORY_BYTES };
  return engine.queryFile<Row>(table, ...compile(query), limits);
}

/** Groups rows by project. They have to be sorted newest first. */
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
