import type { RawSpan } from '@throughline/spans';
import type { Engine } from '../../clickhouse/engine.ts';
import { sql, time } from '../../clickhouse/sql.ts';
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

/** Reads spans as they were received, in their latest version. Spans that do not exist are left out. */
export async function readStoredSpans(
  engine: Engine,
  keys: readonly StoredSpanKey[],
): Promise<(StoredSpanKey & { readonly span: RawSpan })[]> {
  const found: (StoredSpanKey & { readonly span: RawSpan })[] = [];
  for (const project of new Set(keys.map((key) => key.project))) {
    const own = keys.filter((key) => key.project === project);
    for (let at = 0; at < own.length; at += PAGE) {
      const spans = await readPage(engine, project, own.slice(at, at + PAGE));
      for (const span of spans) found.push({ project, traceId: span.traceId, spanId: span.spanId, span });
    }
  }
  return found;
}

async function readPage(engine: Engine, project: string, keys: readonly StoredSpanKey[]): Promise<RawSpan[]> {
  const scope = projectScope(engine, project);
  // The condition on trace ids alone uses their index.
  const isWanted = sql`trace_id IN ${[...new Set(keys.map(({ traceId }) => traceId))]}
      AND span_id IN ${[...new Set(keys.map(({ spanId }) => spanId))]}`;
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
