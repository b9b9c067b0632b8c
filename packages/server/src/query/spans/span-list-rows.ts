import type { QueryLimits } from '../../clickhouse/engine.ts';
import { sql } from '../../clickhouse/sql.ts';
import type { ListedSpan } from '../../contract/span-list.ts';
import { type AttributeColumns, columnValuesSql, toColumnValues } from '../attribute-columns.ts';
import { MINUTE, MINUTE_NS, type ProjectScope } from '../project-scope.ts';
import { scoresOfSpans } from '../scores/score-rows.ts';
import { readSpanPreviews } from '../traces/previews.ts';
import { spanKey } from './span-key.ts';
import { API_SETTINGS, SPAN_SUMMARY_FIELDS } from './span-summary.ts';

/** A row of `spans` as stored; a later version of the same span can exist. */
export interface StoredSpan {
  readonly trace_id: string;
  readonly span_id: string;
  readonly start_ns: string;
  /** Sort value in the list, as text. */
  readonly value: string;
  readonly version: string;
}

/** The fields that the store returns in the form of the API. The others are added afterwards. */
type SpanRow = Omit<ListedSpan, 'inputPreview' | 'outputPreview' | 'scores' | 'columns'> & {
  readonly rowVersion: string;
  readonly columnValues: readonly string[];
};

/** Maximum number of scores per span in a list. */
const MAX_SCORES = 20;

/** Returns the facts of the spans, each in its latest version, by their key. */
export async function readSpanRows(
  scope: ProjectScope,
  spans: readonly StoredSpan[],
  columns: AttributeColumns,
  limits: QueryLimits,
): Promise<ReadonlyMap<string, SpanRow>> {
  if (spans.length === 0) return new Map();
  const rows = await scope.query<SpanRow>(
    sql`
    SELECT trace_id AS traceId, ${SPAN_SUMMARY_FIELDS},
      nullIf(environment, '') AS environment, nullIf(release, '') AS release,
      nullIf(feature, '') AS feature, nullIf(user_id, '') AS userId, nullIf(session_id, '') AS sessionId, tags,
      nullIf(operation, '') AS operation, finish_reasons AS finishReasons,
      nullIf(prompt_name, '') AS promptName, nullIf(prompt_version, '') AS promptVersion,
      toString(version) AS rowVersion, ${columnValuesSql(columns)} AS columnValues
    FROM ${scope.spans} AS spans
    WHERE (${MINUTE}, trace_id, span_id) IN (
      SELECT intDiv(toInt64(place.1), ${MINUTE_NS}), place.2, place.3
      FROM (SELECT arrayJoin(arrayZip(
        ${spans.map((span) => span.start_ns)},
        ${spans.map((span) => span.trace_id)},
        ${spans.map((span) => span.span_id)})) AS place))
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id
    ${API_SETTINGS}`,
    limits,
  );
  return new Map(rows.map((row) => [spanKey(row), row]));
}

/** Adds previews, scores and columns to the rows of a page. */
export async function toListedSpans(
  scope: ProjectScope,
  rows: readonly { readonly stored: StoredSpan; readonly row: SpanRow }[],
  columns: AttributeColumns,
  limits: QueryLimits,
): Promise<ListedSpan[]> {
  if (rows.length === 0) return [];
  const places = rows.map(({ stored, row }) => ({
    traceId: row.traceId,
    spanId: row.spanId,
    startNs: stored.start_ns,
  }));
  const [previews, scores] = await Promise.all([
    readSpanPreviews(scope, places, limits),
    scoresOfSpans(scope, places, MAX_SCORES, limits),
  ]);
  return rows.map(({ row: { rowVersion: _, columnValues, ...row } }, index) => ({
    ...row,
    ...(previews[index] ?? { inputPreview: null, outputPreview: null }),
    scores: scores.get(spanKey(row)) ?? [],
    columns: toColumnValues(columns, columnValues),
  }));
}
