import type { RawSpan } from '@throughline/spans';
import type { Engine } from '../../clickhouse/engine.ts';
import { type Sql, sql, time } from '../../clickhouse/sql.ts';
import { projectScope } from '../project-scope.ts';
import { type FactsRow, type PayloadRow, rawSpanOfRows } from './raw-span-of-rows.ts';
import { PAYLOAD_COLUMNS } from './used-documents.ts';

export interface StoredSpanKey {
  readonly project: string;
  readonly traceId: string;
  readonly spanId: string;
}

/** Spans read in one query. */
const PAGE = 200;
/** Spans measured in one query. */
const MEASURED_PAGE = 2_000;

/**
 * Returns the size of the content of spans in bytes, so that a caller can read them in parts that fit into memory. Spans
 * that do not exist are left out.
 */
export async function measureStoredSpans(
  engine: Engine,
  keys: readonly StoredSpanKey[],
): Promise<(StoredSpanKey & { readonly bytes: number })[]> {
  const found: (StoredSpanKey & { readonly bytes: number })[] = [];
  for (const { project, page } of pagesOf(keys, MEASURED_PAGE)) {
    const scope = projectScope(engine, project);
    const rows = await scope.query<Omit<StoredSpanKey, 'project'> & { bytes: string }>(sql`
      SELECT spans.trace_id AS traceId, spans.span_id AS spanId, toString(max(payloads.bytes)) AS bytes
      FROM (SELECT trace_id, span_id FROM ${scope.spans} WHERE ${isOneOf(page)}) AS spans
      LEFT JOIN (
        SELECT trace_id, span_id, byteSize(input, output, attributes, events, resource, scope) AS bytes
        FROM ${scope.payloads}
        WHERE ${isOneOf(page)}
      ) AS payloads USING (trace_id, span_id)
      GROUP BY traceId, spanId`);
    for (const { traceId, spanId, bytes } of rows)
      found.push({ project, traceId, spanId, bytes: Number(bytes) });
  }
  return found;
}

/** Reads spans as they were received, in their latest version. Spans that do not exist are left out. */
export async function readStoredSpans(
  engine: Engine,
  keys: readonly StoredSpanKey[],
): Promise<(StoredSpanKey & { readonly span: RawSpan })[]> {
  const found: (StoredSpanKey & { readonly span: RawSpan })[] = [];
  for (const { project, page } of pagesOf(keys, PAGE)) {
    const spans = await readPage(engine, project, page);
    for (const span of spans) found.push({ project, traceId: span.traceId, spanId: span.spanId, span });
  }
  return found;
}

function* pagesOf(
  keys: readonly StoredSpanKey[],
  size: number,
): Generator<{ readonly project: string; readonly page: readonly StoredSpanKey[] }> {
  for (const [project, own] of Map.groupBy(keys, (key) => key.project))
    for (let at = 0; at < own.length; at += size) yield { project, page: own.slice(at, at + size) };
}

/** The condition on trace ids alone uses their index. */
function isOneOf(keys: readonly StoredSpanKey[]): Sql {
  return sql`trace_id IN ${[...new Set(keys.map(({ traceId }) => traceId))]}
      AND span_id IN ${[...new Set(keys.map(({ spanId }) => spanId))]}`;
}

async function readPage(engine: Engine, project: string, keys: readonly StoredSpanKey[]): Promise<RawSpan[]> {
  const scope = projectScope(engine, project);
  const isWanted = isOneOf(keys);
  const facts = await scope.query<FactsRow>(sql`
    SELECT trace_id AS traceId, span_id AS spanId, nullIf(parent_span_id, '') AS parentSpanId, name,
      otel_kind AS otelKind, toString(toUnixTimestamp64Nano(start)) AS startNs, toString(duration_ns) AS durationNs,
      status, nullIf(status_message, '') AS statusMessage
    FROM ${scope.spans}
    WHERE ${isWanted}
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id`);
  if (facts.length === 0) return [];
  const starts = facts.map(({ startNs }) => BigInt(startNs)).sort((a, b) => (a < b ? -1 : 1));
  const [first = 0n] = starts;
  const last = starts.at(-1) ?? 0n;
  const payloads = await scope.query<PayloadRow & Pick<FactsRow, 'traceId' | 'spanId'>>(sql`
    SELECT trace_id AS traceId, span_id AS spanId, ${PAYLOAD_COLUMNS}
    FROM ${scope.payloads} AS payloads
    WHERE start >= ${time(first)} AND start <= ${time(last)} AND ${isWanted}
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id`);
  const payloadOf = new Map(payloads.map((row) => [JSON.stringify([row.traceId, row.spanId]), row]));
  return facts.map((row) => rawSpanOfRows(row, payloadOf.get(JSON.stringify([row.traceId, row.spanId]))));
}
