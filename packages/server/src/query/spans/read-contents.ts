import { mapContent, type SpanContent } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { type Sql, sql } from '../../clickhouse/sql.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import type { ProjectScope } from '../project-scope.ts';
import { type FactsRow, type PayloadRow, rawSpanOfRows } from './raw-span-of-rows.ts';
import { spanKey } from './span-key.ts';
import { PAYLOAD_COLUMNS } from './used-documents.ts';

export interface ReadContent {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly startTime: string;
  readonly content: SpanContent;
}

/**
 * The content of the spans that satisfy a condition on `spans` and `payloads`, by `spanKey`. Spans without a payload, and
 * those with more than `maxBytes`, are left out.
 */
export async function readContents(
  scope: ProjectScope,
  these: Sql,
  maxBytes: number,
  limits?: QueryLimits,
): Promise<ReadonlyMap<string, ReadContent>> {
  const [facts, payloads] = await Promise.all([
    scope.query<FactsRow>(
      sql`
      SELECT trace_id AS traceId, span_id AS spanId, nullIf(parent_span_id, '') AS parentSpanId, name,
        otel_kind AS otelKind, toString(toUnixTimestamp64Nano(start)) AS startNs, toString(duration_ns) AS durationNs,
        status, nullIf(status_message, '') AS statusMessage
      FROM ${scope.spans}
      WHERE ${these}
      ORDER BY version DESC
      LIMIT 1 BY trace_id, span_id`,
      limits,
    ),
    scope.query<PayloadRow & { readonly traceId: string; readonly spanId: string }>(
      sql`
      SELECT trace_id AS traceId, span_id AS spanId, ${PAYLOAD_COLUMNS}
      FROM ${scope.payloads} AS payloads
      WHERE ${these} AND byteSize(payloads.input, payloads.output, attributes, events, links, resource, scope) <= ${maxBytes}
      ORDER BY version DESC
      LIMIT 1 BY trace_id, span_id`,
      limits,
    ),
  ]);
  const factsOf = new Map(facts.map((row) => [spanKey(row), row]));
  return new Map(
    payloads.flatMap((payload) => {
      const key = spanKey(payload);
      const row = factsOf.get(key);
      if (!row) return [];
      const read: ReadContent = {
        traceId: row.traceId,
        spanId: row.spanId,
        name: row.name,
        startTime: isoTimestampOf(BigInt(row.startNs)),
        content: mapContent(rawSpanOfRows(row, payload)),
      };
      return [[key, read] as const];
    }),
  );
}
