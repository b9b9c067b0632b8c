import { decodeAttributes, decodeValue, type RawSpan } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { QueryError } from '../../clickhouse/query-error.ts';
import { type Sql, sql, time } from '../../clickhouse/sql.ts';
import type { Score } from '../../contract/score.ts';
import { decodeResource, decodeScope } from '../../tables/payload-codec.ts';
import type { ProjectScope } from '../project-scope.ts';
import { SCORE_COLUMNS, type ScoreRow, toScore } from '../scores/score-rows.ts';
import { withCreation } from '../scores/score-starts.ts';
import { type FactsRow, type PayloadRow, rawSpanOfRows } from '../spans/raw-span-of-rows.ts';
import { SPAN_FACT_FIELDS } from '../spans/span-facts.ts';
import { API_SETTINGS } from '../spans/span-summary.ts';
import { PAYLOAD_COLUMNS } from '../spans/used-documents.ts';
import type { BatchSize } from './batch-size.ts';
import type { SelectedTrace } from './export-selection.ts';
import type { SpanFactsRow } from './fact-columns.ts';
import { type OtlpRecord, otlpAttributes, otlpSpan, otlpValue } from './otlp-json.ts';

/** Runs a query when it is its turn. */
export type RunQuery = <Value>(query: (limits: QueryLimits) => Promise<Value>) => Promise<Value>;

/** A span as it is stored: the derived facts, and what arrived. */
export interface ExportedSpan {
  readonly facts: SpanFactsRow;
  readonly raw: RawSpan;
}

type Place = readonly [traceId: string, startNs: string, spanId: string];

/** Facts of the spans of some traces, in pages. Each span is in its latest version. */
export async function* exportedFacts(
  scope: ProjectScope,
  traces: readonly SelectedTrace[],
  size: BatchSize,
  run: RunQuery,
): AsyncGenerator<readonly SpanFactsRow[]> {
  let after: Place | undefined;
  for (;;) {
    const from = after;
    const rows = size.rows;
    const page = await smaller(size, run, (limits) => readFacts(scope, traces, from, rows, size, limits));
    if (page === undefined) continue;
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < rows) return;
    after = [last.traceId, last.startNs, last.spanId];
  }
}

/** The content of spans, in the order of `facts`. Reads them in several queries if they are large. */
export async function* withContent(
  scope: ProjectScope,
  facts: readonly SpanFactsRow[],
  size: BatchSize,
  run: RunQuery,
): AsyncGenerator<readonly ExportedSpan[]> {
  for (let at = 0; at < facts.length; ) {
    const part = facts.slice(at, at + size.rows);
    const payloads = await smaller(size, run, (limits) => readPayloads(scope, part, size, limits));
    if (payloads === undefined) continue;
    yield part.map((row) => ({
      facts: row,
      raw: rawSpanOfRows(row as unknown as FactsRow, payloads.get(keyOf(row))),
    }));
    at += part.length;
  }
}

const LOG_PAGE = 500;
/** The order in which the messages of a span are read, see `readLogEvents`. */
const LOG_ORDER = sql`trace_id, span_id, time, observed_time, version, position, content_hash`;

/** Log records that belong to some traces, in pages. */
export async function* exportedLogs(
  scope: ProjectScope,
  traces: readonly SelectedTrace[],
  run: RunQuery,
): AsyncGenerator<readonly OtlpRecord[]> {
  const ids = traces.map(({ traceId }) => traceId);
  let after: LogRow | undefined;
  do {
    const from = after;
    const rows = await run((limits) =>
      scope.query<LogRow>(
        sql`
        SELECT trace_id, span_id, toUnixTimestamp64Nano(time) AS time_ns,
          toUnixTimestamp64Nano(observed_time) AS observed_ns, event_name, severity_number, severity_text, body,
          attributes, dropped_attributes_count, flags, resource, scope, position, toString(content_hash) AS hash,
          toString(version) AS received
        FROM
        (
          SELECT * FROM ${scope.logs}
          WHERE trace_id IN ${ids}
          ORDER BY version DESC
          LIMIT 1 BY trace_id, span_id, time, event_name, content_hash
        )
        WHERE ${from ? sql`(${LOG_ORDER}) > (${from.trace_id}, ${from.span_id}, ${time(BigInt(from.time_ns))}, ${time(BigInt(from.observed_ns))}, toUInt64(${from.received}), ${from.position}, toUInt64(${from.hash}))` : sql`true`}
        ORDER BY ${LOG_ORDER}
        LIMIT ${LOG_PAGE}`,
        limits,
      ),
    );
    if (rows.length > 0) yield rows.map(toOtlpLog);
    after = rows.length === LOG_PAGE ? rows.at(-1) : undefined;
  } while (after);
}

const SCORE_PAGE = 1_000;

/** Scores of some traces and of their spans, in pages. */
export async function* exportedScores(
  scope: ProjectScope,
  traces: readonly SelectedTrace[],
  run: RunQuery,
): AsyncGenerator<readonly Score[]> {
  const ids = traces.map(({ traceId }) => traceId);
  let after: ScoreRow | undefined;
  do {
    const from = after;
    const rows = await run(async (limits) =>
      withCreation(
        scope,
        await scope.query<ScoreRow>(
          sql`
          SELECT ${SCORE_COLUMNS}
          FROM ${scope.scores}
          WHERE trace_id IN ${ids} AND ${from ? sql`(trace_id, id) > (${from.trace_id}, ${from.id})` : sql`true`}
          ORDER BY trace_id, id
          LIMIT ${SCORE_PAGE}`,
          limits,
        ),
        limits,
      ),
    );
    if (rows.length > 0) yield rows.map(toScore);
    after = rows.length === SCORE_PAGE ? rows.at(-1) : undefined;
  } while (after);
}

/** The tags that people gave to one trace. */
export interface ExportedTags {
  readonly traceId: string;
  readonly tags: readonly string[];
}

export async function exportedTags(
  scope: ProjectScope,
  traces: readonly SelectedTrace[],
  run: RunQuery,
): Promise<readonly ExportedTags[]> {
  return run((limits) =>
    scope.query<ExportedTags>(
      sql`
      SELECT trace_id AS traceId, arraySort(groupArray(tag)) AS tags
      FROM ${scope.givenTags}
      WHERE trace_id IN ${traces.map(({ traceId }) => traceId)}
      GROUP BY trace_id
      ORDER BY trace_id`,
      limits,
    ),
  );
}

/** Undefined if the query was too large and the next one will be smaller. */
async function smaller<Value>(
  size: BatchSize,
  run: RunQuery,
  query: (limits: QueryLimits) => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await run(query);
  } catch (error) {
    if (error instanceof QueryError && error.reason === 'memory' && size.onTooLarge()) return undefined;
    throw error;
  }
}

async function readFacts(
  scope: ProjectScope,
  traces: readonly SelectedTrace[],
  after: Place | undefined,
  limit: number,
  size: BatchSize,
  limits: QueryLimits,
): Promise<SpanFactsRow[]> {
  const ids = traces.map(({ traceId }) => traceId);
  const range = sql`start >= ${time(minOf(traces.map(({ startNs }) => startNs)))} AND start <= ${time(maxOf(traces.map(({ lastStartNs }) => lastStartNs)))}`;
  return readRows<SpanFactsRow>(
    scope,
    sql`
    SELECT ${SPAN_FACT_FIELDS}, toString(toUnixTimestamp64Nano(start)) AS startNs, toString(duration_ns) AS durationNs,
      otel_kind AS otelKind
    FROM
    (
      SELECT * FROM ${scope.spans}
      WHERE trace_id IN ${ids} AND ${range}
      ORDER BY version DESC
      LIMIT 1 BY trace_id, span_id
    )
    WHERE ${after ? sql`(trace_id, start, span_id) > (${after[0]}, ${time(BigInt(after[1]))}, ${after[2]})` : sql`true`}
    ORDER BY trace_id, start, span_id
    LIMIT ${limit}
    ${API_SETTINGS}`,
    size,
    limits,
  );
}

async function readPayloads(
  scope: ProjectScope,
  facts: readonly SpanFactsRow[],
  size: BatchSize,
  limits: QueryLimits,
): Promise<Map<string, PayloadRow>> {
  const starts = facts.map(({ startNs }) => BigInt(startNs));
  const rows = await readRows<PayloadRow & { readonly traceId: string; readonly spanId: string }>(
    scope,
    sql`
    SELECT trace_id AS traceId, span_id AS spanId, ${PAYLOAD_COLUMNS}
    FROM ${scope.payloads} AS payloads
    WHERE start >= ${time(minOf(starts))} AND start <= ${time(maxOf(starts))}
      AND (trace_id, span_id) IN (
        SELECT place.1, place.2 FROM (SELECT arrayJoin(arrayZip(
          ${facts.map(({ traceId }) => traceId)}, ${facts.map(({ spanId }) => spanId)})) AS place))
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id`,
    size,
    limits,
  );
  return new Map(rows.map((row) => [keyOf(row), row]));
}

async function readRows<Row>(
  scope: ProjectScope,
  query: Sql,
  size: BatchSize,
  limits: QueryLimits,
): Promise<Row[]> {
  const bytes = await scope.queryJson(query, limits);
  const rows = JSON.parse(Buffer.from(bytes).toString()) as Row[];
  size.onResult(rows.length, bytes.length);
  return rows;
}

interface LogRow {
  readonly trace_id: string;
  readonly span_id: string;
  readonly time_ns: string;
  readonly observed_ns: string;
  readonly event_name: string;
  readonly severity_number: number;
  readonly severity_text: string;
  readonly body: string;
  readonly attributes: string;
  readonly dropped_attributes_count: number;
  readonly flags: number;
  readonly resource: string;
  readonly scope: string;
  readonly position: number;
  readonly hash: string;
  readonly received: string;
}

function toOtlpLog(row: LogRow): OtlpRecord {
  return {
    resource: decodeResource(row.resource),
    scope: decodeScope(row.scope),
    record: {
      timeUnixNano: row.time_ns,
      observedTimeUnixNano: row.observed_ns,
      severityNumber: row.severity_number,
      severityText: row.severity_text,
      eventName: row.event_name,
      body: otlpValue(decodeValue(JSON.parse(row.body))),
      attributes: otlpAttributes(decodeAttributes(row.attributes)),
      ...(row.dropped_attributes_count !== 0 && { droppedAttributesCount: row.dropped_attributes_count }),
      flags: row.flags,
      traceId: row.trace_id,
      spanId: row.span_id,
    },
  };
}

/** The record of a span for `otlpTraces`. */
export function otlpRecordOf({ raw }: ExportedSpan): OtlpRecord {
  return { resource: raw.resource, scope: raw.scope, record: otlpSpan(raw) };
}

function keyOf({ traceId, spanId }: { readonly traceId: string; readonly spanId: string }): string {
  return `${traceId}\n${spanId}`;
}

const minOf = (values: readonly bigint[]): bigint =>
  values.reduce((a: bigint, b: bigint) => (a < b ? a : b), values[0] ?? 0n);
const maxOf = (values: readonly bigint[]): bigint =>
  values.reduce((a: bigint, b: bigint) => (a > b ? a : b), values[0] ?? 0n);
