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
  const rows = await scope.query<Row>(
    sql`
    SELECT trace_id, span_id, input_preview, output_preview
    FROM ${scope.payloads}
    WHERE (${MINUTE}, trace_id, span_id) IN (
        SELECT intDiv(toInt64(place.1), ${MINUTE_NS}), place.2, place.3
        FROM (SELECT arrayJoin(arrayZip(
          ${places.map((place) => place.startNs)},
          ${places.map((place) => place.traceId)},
          ${places.map((place) => place.spanId)})) AS place))
      AND (input_preview != '' OR output_preview != '')
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id`,
    limits,
  );
  const found = new Map(rows.map((row) => [keyOf(row.trace_id, row.span_id), row]));
  const bare = places.filter(({ traceId, spanId }) => {
    const row = found.get(keyOf(traceId, spanId));
    return !row || row.input_preview === '' || row.output_preview === '';
  });
  for (const row of await readLogPreviews(scope, bare, limits)) {
    const known = found.get(keyOf(row.trace_id, row.span_id));
    found.set(keyOf(row.trace_id, row.span_id), {
      ...row,
      input_preview: known?.input_preview || row.input_preview,
      output_preview: known?.output_preview || row.output_preview,
    });
  }
  const pick = (
    traceId: string,
    candidates: readonly SpanPlace[],
    side: 'input_preview' | 'output_preview',
  ) => {
    const texts = candidates.map(({ spanId }) => found.get(keyOf(traceId, spanId))?.[side] ?? '');
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

/** What the log records of spans give, where a client sends content as those alone. */
async function readLogPreviews(
  scope: ProjectScope,
  places: readonly { readonly traceId: string; readonly spanId: string }[],
  limits?: QueryLimits,
): Promise<Row[]> {
  if (places.length === 0) return [];
  return scope.query<Row>(
    sql`
    SELECT trace_id, span_id,
      argMaxIf(logs.input_preview, (time, version, position), logs.input_preview != '') AS input_preview,
      argMaxIf(logs.output_preview, (time, version, position), logs.output_preview != '') AS output_preview
    FROM ${scope.logs} AS logs
    WHERE (trace_id, span_id) IN (
        SELECT place.1, place.2
        FROM (SELECT arrayJoin(arrayZip(
          ${places.map((place) => place.traceId)},
          ${places.map((place) => place.spanId)})) AS place))
    GROUP BY trace_id, span_id`,
    limits,
  );
}

function keyOf(traceId: string, spanId: string): string {
  return JSON.stringify([traceId, spanId]);
}
