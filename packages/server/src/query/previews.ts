import type { QueryLimits } from '../store/engine.ts';
import { sql } from '../store/sql.ts';
import { orNull } from './numbers.ts';
import { MINUTE, MINUTE_NS, type ProjectScope } from './project-scope.ts';

export interface SpanPlace {
  readonly spanId: string;
  readonly startNs: string;
}

/** Which spans of a trace may show what went in and out, the best first. */
export interface PreviewSource {
  readonly traceId: string;
  readonly input: readonly SpanPlace[];
  readonly output: readonly SpanPlace[];
}

export interface Previews {
  readonly inputPreview: string | null;
  readonly outputPreview: string | null;
}

interface Row {
  readonly trace_id: string;
  readonly span_id: string;
  readonly input_preview: string;
  readonly output_preview: string;
  /** Of the span itself, not of its log records. */
  readonly own: boolean;
}

/**
 * Previews by trace id. The spans' starts are known, so the whole primary key is, and each row costs one granule.
 */
export async function readPreviews(
  scope: ProjectScope,
  sources: readonly PreviewSource[],
  limits?: QueryLimits,
): Promise<Map<string, Previews>> {
  const places = sources.flatMap((source) =>
    [...source.input, ...source.output].map((place) => ({ traceId: source.traceId, ...place })),
  );
  const traceIds = places.map((place) => place.traceId);
  const spanIds = places.map((place) => place.spanId);
  // Where a client sends content as log records alone, those say what the span does not.
  const rows = await scope.query<Row>(
    sql`
    SELECT trace_id, span_id, input_preview, output_preview, true AS own
    FROM
    (
      SELECT trace_id, span_id, input_preview, output_preview
      FROM ${scope.payloads}
      WHERE (${MINUTE}, trace_id, span_id) IN (
          SELECT intDiv(toInt64(place.1), ${MINUTE_NS}), place.2, place.3
          FROM (SELECT arrayJoin(arrayZip(
            ${places.map((place) => place.startNs)}, ${traceIds}, ${spanIds})) AS place))
        AND (input_preview != '' OR output_preview != '')
      ORDER BY version DESC
      LIMIT 1 BY trace_id, span_id
    )
    UNION ALL
    SELECT trace_id, span_id,
      argMaxIf(logs.input_preview, (time, version, position), logs.input_preview != '') AS input_preview,
      argMaxIf(logs.output_preview, (time, version, position), logs.output_preview != '') AS output_preview,
      false AS own
    FROM ${scope.logs} AS logs
    WHERE (trace_id, span_id) IN (
        SELECT place.1, place.2
        FROM (SELECT arrayJoin(arrayZip(${traceIds}, ${spanIds})) AS place))
    GROUP BY trace_id, span_id`,
    limits,
  );
  const found = new Map<string, Row[]>();
  for (const row of rows.sort((a, b) => Number(b.own) - Number(a.own))) {
    const key = keyOf(row.trace_id, row.span_id);
    found.set(key, [...(found.get(key) ?? []), row]);
  }
  const pick = (
    traceId: string,
    candidates: readonly SpanPlace[],
    side: 'input_preview' | 'output_preview',
  ) => {
    const texts = candidates.flatMap(
      ({ spanId }) => found.get(keyOf(traceId, spanId))?.map((row) => row[side]) ?? [],
    );
    return orNull(texts.find((text) => text !== '') ?? '');
  };
  return new Map(
    sources.map(({ traceId, input, output }) => [
      traceId,
      {
        inputPreview: pick(traceId, input, 'input_preview'),
        outputPreview: pick(traceId, output, 'output_preview'),
      },
    ]),
  );
}

function keyOf(traceId: string, spanId: string): string {
  return JSON.stringify([traceId, spanId]);
}
