import {
  COUNTED_KINDS,
  countedAgents,
  type RecordedCall,
  repeatedCalls,
  type SpanKind,
} from '@throughline/spans';
import type { Engine } from '../clickhouse/engine.ts';
import { compile, join, type Sql, sql, unsafeRawSql } from '../clickhouse/sql.ts';

type CountEngine = Pick<Engine, 'query' | 'write'>;

/**
 * Maximum number of spans of a trace whose calls are compared. In a larger trace only the calls are read, so a call far
 * below another is not recognised. Above this number of calls, none are compared.
 */
const MAX_SPANS = 100_000;
/** Maximum number of spans that are read at once. */
const SPANS_AT_ONCE = 200_000;

interface TraceOfScopes {
  readonly project: string;
  readonly trace_id: string;
  readonly calls: string;
  readonly spans: string;
}

interface SpanOfTrace {
  readonly project: string;
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly version: string;
  readonly kind: SpanKind;
  readonly counted: boolean;
  readonly scope: string | null;
  readonly model: string;
  readonly request_model: string;
  readonly response_id: string;
  readonly start_ms: number;
  readonly end_ms: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly has_token_classes: boolean;
  readonly has_cost: boolean;
  readonly cost_source: string;
}

const IS_CALL = sql`kind IN ${[...COUNTED_KINDS]}`;
const HAS_USAGE = sql`(input_tokens > 0 OR output_tokens > 0)`;
const IS_AGENT = sql`kind = 'agent' AND ${HAS_USAGE}`;
const TOKENS_OF = sql`ifNull(input_tokens, 0) + ifNull(output_tokens, 0)`;

/**
 * Whether an agent of the trace may report usage that nobody else reports: no span is below it, or the agents report more than
 * the calls. Agents that counted until now are decided again, because calls may have arrived below them.
 */
const MAY_HAVE_COUNTED_AGENT = sql`countIf(${IS_AGENT}) > 0 AND (
  countIf(kind = 'agent' AND counted) > 0
  OR sumIf(${TOKENS_OF}, ${IS_AGENT}) > sumIf(${TOKENS_OF}, ${IS_CALL})
  OR arrayExists(agent -> NOT has(groupUniqArray(parent_span_id), agent), groupUniqArrayIf(span_id, ${IS_AGENT})))`;

/**
 * Decides which spans of these traces count towards the totals, and corrects their rows in `spans`. A call that several
 * instrumentations recorded counts once, see `repeatedCalls`. The usage of an agent counts if nobody else reports it, see
 * `countedAgents`.
 *
 * A corrected row has the version of its span plus one nanosecond. It therefore replaces this version of the span, and any
 * later delivery of the span replaces it.
 *
 * @param where a condition on `spans` that is true for all spans of a trace or for none of them
 */
export async function countCalls(engine: CountEngine, where: Sql): Promise<void> {
  const traces = await engine.query<TraceOfScopes>(
    ...compile(sql`
    SELECT project, trace_id, countIf(${IS_CALL}) AS calls, count() AS spans
    FROM spans
    WHERE ${where}
    GROUP BY project, trace_id
    HAVING calls <= ${MAX_SPANS}
      AND (uniqExactIf(scope, ${IS_CALL} AND scope IS NOT NULL) > 1 OR (${MAY_HAVE_COUNTED_AGENT}))
    SETTINGS max_bytes_before_external_group_by = 1073741824`),
    { maxSeconds: 600, maxResultRows: 10_000_000 },
  );
  for (const group of inGroups(traces)) {
    const spans = await readSpans(engine, where, group);
    await correct(engine, where, wrongRows(spans));
  }
}

/** Groups of traces that have at most {@link SPANS_AT_ONCE} spans. */
function inGroups(traces: readonly TraceOfScopes[]): TraceOfScopes[][] {
  const groups: TraceOfScopes[][] = [];
  let left = 0;
  for (const trace of traces) {
    const size = isLarge(trace) ? Number(trace.calls) : Number(trace.spans);
    if (groups.length === 0 || size > left) {
      groups.push([]);
      left = SPANS_AT_ONCE;
    }
    groups.at(-1)?.push(trace);
    left -= size;
  }
  return groups;
}

const isLarge = ({ spans }: TraceOfScopes): boolean => Number(spans) > MAX_SPANS;
const isCall = ({ kind }: Pick<SpanOfTrace, 'kind'>): boolean => COUNTED_KINDS.has(kind);

function readSpans(
  engine: CountEngine,
  where: Sql,
  traces: readonly TraceOfScopes[],
): Promise<SpanOfTrace[]> {
  const large = traces.filter(isLarge);
  const ofLarge =
    large.length === 0
      ? sql`1`
      : sql`${IS_CALL} OR kind = 'agent' OR NOT (${isOneOf(large, ['project', 'trace_id'])})`;
  return engine.query<SpanOfTrace>(
    ...compile(sql`
    SELECT project, trace_id, span_id, parent_span_id, version, kind, counted, scope, model, request_model, response_id,
      toUnixTimestamp64Nano(start) / 1e6 AS start_ms, start_ms + duration_ns / 1e6 AS end_ms,
      toFloat64(input_tokens) AS input_tokens, toFloat64(output_tokens) AS output_tokens,
      toBool(ifNull(cache_read_tokens > 0 OR cache_write_tokens > 0 OR notEmpty(token_details), false)) AS has_token_classes,
      toBool(cost_usd IS NOT NULL) AS has_cost, cost_source
    FROM
    (
      SELECT *
      FROM spans
      WHERE ${where} AND ${isOneOf(traces, ['project', 'trace_id'])} AND (${ofLarge})
      ORDER BY version DESC
      LIMIT 1 BY project, trace_id, span_id
    )`),
    { maxSeconds: 600, maxResultRows: 2 * SPANS_AT_ONCE },
  );
}

/** Maximum number of rows in one statement. */
const ROWS_AT_ONCE = 2000;

/** Inserts the rows again with the other value of `counted`, unless a newer version of the span has arrived. */
async function correct(engine: CountEngine, where: Sql, rows: readonly SpanOfTrace[]): Promise<void> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    const some = rows.slice(at, at + ROWS_AT_ONCE);
    await engine.write(
      ...compile(sql`
      INSERT INTO spans
      SELECT * REPLACE (NOT counted AS counted, version + 1 AS version)
      FROM
      (
        SELECT *
        FROM spans
        WHERE ${where} AND ${isOneOf(some, ['project', 'trace_id', 'span_id', 'version'])}
        LIMIT 1 BY project, trace_id, span_id
      )
      SETTINGS max_partitions_per_insert_block = 0`),
    );
  }
}

/** Whether these columns have the values of one of the rows. */
function isOneOf<Column extends 'project' | 'trace_id' | 'span_id' | 'version'>(
  rows: readonly Readonly<Record<Column | 'trace_id', string>>[],
  columns: readonly Column[],
): Sql {
  const named = columns.map((column) => unsafeRawSql(column === 'version' ? 'toString(version)' : column));
  const values = columns.map((column) => sql`${rows.map((row) => row[column])}`);
  const tuple = columns.map((_, index) => unsafeRawSql(`each.${index + 1}`));
  return sql`trace_id IN ${rows.map((row) => row.trace_id)} AND (${join(named, ', ')}) IN
    (SELECT ${join(tuple, ', ')} FROM (SELECT arrayJoin(arrayZip(${join(values, ', ')})) AS each))`;
}

/** The rows whose `counted` is wrong. */
function wrongRows(spans: readonly SpanOfTrace[]): SpanOfTrace[] {
  const byTrace = Map.groupBy(spans, ({ project, trace_id }) => JSON.stringify([project, trace_id]));
  return [...byTrace.values()].flatMap((ofTrace) => {
    const parents = new Map(
      ofTrace
        .filter(({ parent_span_id }) => parent_span_id !== '')
        .map((span) => [span.span_id, span.parent_span_id]),
    );
    const calls = ofTrace.filter(isCall);
    const repeated = repeatedCalls(calls.map(toCall), parents);
    const agents = ofTrace.filter(({ kind }) => kind === 'agent');
    const ids = new Set(ofTrace.map(({ span_id }) => span_id));
    const alone = countedAgents(idsWithUsage(agents), idsWithUsage(calls), parents, (id) => ids.has(id));
    const shouldCount = ({ kind, span_id }: SpanOfTrace) =>
      kind === 'agent' ? alone.has(span_id) : !repeated.has(span_id);
    // The scope of rows of earlier versions is not known. Ingest decided whether they count.
    return [...calls, ...agents].filter((span) => span.scope !== null && span.counted !== shouldCount(span));
  });
}

function idsWithUsage(spans: readonly SpanOfTrace[]): string[] {
  return spans
    .filter(({ input_tokens, output_tokens }) => (input_tokens ?? 0) > 0 || (output_tokens ?? 0) > 0)
    .map(({ span_id }) => span_id);
}

function toCall(span: SpanOfTrace): RecordedCall {
  return {
    spanId: span.span_id,
    kind: span.kind,
    scope: span.scope ?? undefined,
    model: span.model,
    requestModel: span.request_model,
    responseId: span.response_id,
    startMs: span.start_ms,
    endMs: span.end_ms ?? undefined,
    inputTokens: span.input_tokens ?? undefined,
    outputTokens: span.output_tokens ?? undefined,
    hasTokenClasses: span.has_token_classes,
    cost: span.has_cost ? (span.cost_source === 'reported' ? 'reported' : 'computed') : undefined,
  };
}
