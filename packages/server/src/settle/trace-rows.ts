/**
 * The expressions that compute a row of `traces` from the spans of a trace. All lists, sorting and filters of traces read
 * these columns.
 */
import { join, type Sql, sql, unsafeRawSql } from '../clickhouse/sql.ts';
import { HAS_ROOT, IS_UNPRICED, TRACE_MEASURES, TRACE_RUNNING, TRACE_STATUS } from './trace-measures.ts';

/** Maximum number of distinct values of a label per trace. */
const MAX_VALUES = 1000;

/** Distinct values of a label that are not empty. */
const values = (column: string): Sql =>
  sql`groupUniqArrayIf(${unsafeRawSql(String(MAX_VALUES))})(${unsafeRawSql(`s.${column}`)}, ${unsafeRawSql(`s.${column}`)} != '')`;
const listValues = (column: string): Sql =>
  sql`groupUniqArrayArray(${unsafeRawSql(String(MAX_VALUES))})(${unsafeRawSql(`s.${column}`)})`;
/** The value of the root, or of the earliest span that has one. */
const first = (column: string): Sql =>
  sql`argMinIf(${unsafeRawSql(`s.${column}`)}, root_first, ${unsafeRawSql(`s.${column}`)} != '')`;

/** Column of `traces` → expression over the spans `s` of one trace, each in its latest version. */
const COLUMNS: Readonly<Record<string, Sql>> = {
  start: sql`min(s.start)`,
  last_start: sql`max(s.start)`,
  duration_ns: TRACE_MEASURES.latency,
  running: TRACE_RUNNING,
  rooted: HAS_ROOT,
  status: TRACE_STATUS,
  name: sql`head.1`,
  head_span_id: sql`head.2`,
  head_start: sql`head.3`,
  first_call_id: sql`first_call.1`,
  first_call_start: sql`first_call.2`,
  last_call_id: sql`last_call.1`,
  last_call_start: sql`last_call.2`,
  span_count: TRACE_MEASURES.spans,
  error_count: TRACE_MEASURES.errors,
  input_tokens: TRACE_MEASURES.inputTokens,
  output_tokens: TRACE_MEASURES.outputTokens,
  cache_read_tokens: TRACE_MEASURES.cacheReadTokens,
  cache_write_tokens: TRACE_MEASURES.cacheWriteTokens,
  reasoning_tokens: TRACE_MEASURES.reasoningTokens,
  cost_usd: TRACE_MEASURES.cost,
  unpriced: TRACE_MEASURES.unpricedCalls,
  unpriced_models: sql`arraySort(groupUniqArrayIf(${unsafeRawSql(String(MAX_VALUES))})(s.model, s.model != '' AND ${IS_UNPRICED}))`,
  has_documents: sql`ifNull(max(s.document_count) > 0, false)`,
  user_id: first('user_id'),
  session_id: first('session_id'),
  feature: first('feature'),
  environment: first('environment'),
  names: values('name'),
  kinds: values('kind'),
  models: sql`arraySort(each -> (-toFloat64(cost_by_model.2[indexOf(cost_by_model.1, each)]), each), ${values('model')})`,
  providers: values('provider'),
  operations: values('operation'),
  tools: values('tool_name'),
  agents: values('agent_name'),
  workflows: values('workflow_name'),
  prompts: values('prompt_name'),
  prompt_versions: values('prompt_version'),
  services: sql`arraySort(each -> (each != head.4, each), ${values('service')})`,
  environments: values('environment'),
  releases: values('release'),
  features: values('feature'),
  users: values('user_id'),
  sessions: values('session_id'),
  tags: sql`arraySort(${listValues('tags')})`,
  given_tags: sql`CAST([], 'Array(LowCardinality(String))')`,
  finish_reasons: listValues('finish_reasons'),
  error_types: values('error_type'),
  first_version: sql`min(s.version)`,
  start_version: sql`argMin(s.version, s.start)`,
  version: sql`max(s.version) + count()`,
  version_of_tags: sql`toUInt64(0)`,
};

/** The columns that differ if people gave tags to the trace: `given` has one row per trace. */
const TAGGED_COLUMNS: Readonly<Record<string, Sql>> = {
  tags: sql`arraySort(arrayDistinct(arrayConcat(${listValues('tags')}, any(given.tags))))`,
  given_tags: sql`arraySort(any(given.tags))`,
  // It grows with every span and with every change of a tag, in any order.
  version: sql`greatest(max(s.version), any(given.newest)) + count() + any(given.changes)`,
  version_of_tags: sql`greatest(max(s.version), any(given.newest)) - max(s.version) + any(given.changes)`,
};

/** The tags that people gave to each trace. */
const givenTags = (where: Sql): Sql => sql`
  (SELECT project, trace_id, groupArrayIf(${unsafeRawSql(String(MAX_VALUES))})(tag, present) AS tags,
     max(version) AS newest, count() AS changes
   FROM trace_tags FINAL
   WHERE ${where}
   GROUP BY project, trace_id)`;

const names = ['project', 'trace_id', ...Object.keys(COLUMNS)];

/** The columns of {@link traceRows}, in the same order. */
export const TRACE_COLUMNS: Sql = unsafeRawSql(names.join(', '));

/**
 * A statement that returns the rows of the traces whose spans match. Its columns have no names: `start AS start` would
 * change the meaning of `start` in the other expressions, and a second level that renames takes ClickHouse milliseconds.
 *
 * @param where a condition on `spans` that is true for all spans of a trace or for none of them
 * @param whereTags a condition on `trace_tags` that is true for all tags of these traces. Absent: they have none.
 */
export function traceRows(where: Sql, whereTags?: Sql): Sql {
  const columns = Object.values(whereTags ? { ...COLUMNS, ...TAGGED_COLUMNS } : COLUMNS);
  const given = whereTags
    ? sql`LEFT JOIN ${givenTags(whereTags)} AS given ON s.project = given.project AND s.trace_id = given.trace_id`
    : sql``;
  return sql`
    WITH (s.parent_span_id != '', s.start, s.span_id) AS root_first,
      argMin((s.name, s.span_id, s.start, s.service), root_first) AS head,
      -- Of several descriptions of a call, the counted one.
      argMinIf((s.span_id, s.start), (NOT s.counted, s.start, s.span_id), s.kind = 'llm') AS first_call,
      argMaxIf((s.span_id, s.start), (s.counted, s.start, s.span_id), s.kind = 'llm') AS last_call,
      sumMapIf([s.model], [ifNull(s.cost_usd, 0)], s.model != '' AND s.counted) AS cost_by_model
    SELECT s.project, s.trace_id, ${join(columns, ', ')}
    FROM
    (
      SELECT *
      FROM spans
      WHERE ${where}
      ORDER BY version DESC
      LIMIT 1 BY project, trace_id, span_id
    ) AS s
    ${given}
    GROUP BY s.project, s.trace_id`;
}
