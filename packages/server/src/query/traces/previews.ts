import type { QueryLimits } from '../../clickhouse/engine.ts';
import { sql } from '../../clickhouse/sql.ts';
import type { ProjectScope } from '../project-scope.ts';
import { atPlaces, type SpanPlace } from '../spans/at-places.ts';

/** A span of a known trace. */
export type PreviewPlace = Omit<SpanPlace, 'traceId'>;

/** Spans of a trace that can provide the previews, best first. */
export interface PreviewSource {
  readonly traceId: string;
  readonly input: readonly PreviewPlace[];
  readonly output: readonly PreviewPlace[];
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
 * Previews by trace id. Some clients send content only as log records. These are read only if the best span itself does not
 * have both previews.
 */
export async function readPreviews(
  scope: ProjectScope,
  sources: readonly PreviewSource[],
  limits?: QueryLimits,
): Promise<Map<string, Previews>> {
  const own = await readOwn(scope, sources, limits);
  const silent = sources.filter(({ traceId, input: [input], output: [output] }) => {
    const says = (place: PreviewPlace | undefined, side: Side) =>
      place !== undefined && own.get(keyOf(traceId, place.spanId))?.[side];
    return !says(input, 'input_preview') || !says(output, 'output_preview');
  });
  const logged = silent.length > 0 ? await readLogged(scope, silent, limits) : undefined;
  const pick = (traceId: string, candidates: readonly PreviewPlace[], side: Side) => {
    for (const { spanId } of candidates) {
      const key = keyOf(traceId, spanId);
      const text = own.get(key)?.[side] || logged?.get(key)?.[side];
      if (text) return text;
    }
    return null;
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

/** Previews of single spans, in their order. */
export async function readSpanPreviews(
  scope: ProjectScope,
  spans: readonly SpanPlace[],
  limits?: QueryLimits,
): Promise<Previews[]> {
  const sources = spans.map((span) => ({ traceId: span.traceId, input: [span], output: [] }));
  const own = await readOwn(scope, sources, limits);
  const silent = sources.filter(({ traceId, input: [span] }) => {
    const row = own.get(keyOf(traceId, span?.spanId ?? ''));
    return !row?.input_preview || !row.output_preview;
  });
  const logged = silent.length > 0 ? await readLogged(scope, silent, limits) : undefined;
  return spans.map(({ traceId, spanId }) => {
    const key = keyOf(traceId, spanId);
    const of = (side: Side) => own.get(key)?.[side] || logged?.get(key)?.[side] || null;
    return { inputPreview: of('input_preview'), outputPreview: of('output_preview') };
  });
}

type Side = 'input_preview' | 'output_preview';

/** Reads previews of spans. Their starts complete the primary key, so each row costs one granule. */
async function readOwn(scope: ProjectScope, sources: readonly PreviewSource[], limits?: QueryLimits) {
  const rows = await scope.query<Row>(
    sql`
    SELECT trace_id, span_id, input_preview, output_preview
    FROM ${scope.payloads}
    WHERE ${atPlaces(placesOf(sources))} AND (input_preview != '' OR output_preview != '')
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id`,
    limits,
  );
  return byKey(rows);
}

/** Reads previews of the log records of spans. */
async function readLogged(scope: ProjectScope, sources: readonly PreviewSource[], limits?: QueryLimits) {
  const places = placesOf(sources);
  const rows = await scope.query<Row>(
    sql`
    SELECT trace_id, span_id,
      argMaxIf(logs.input_preview, (time, version, position), logs.input_preview != '') AS input_preview,
      argMaxIf(logs.output_preview, (time, version, position), logs.output_preview != '') AS output_preview
    FROM ${scope.logs} AS logs
    WHERE (trace_id, span_id) IN (
        SELECT place.1, place.2
        FROM (SELECT arrayJoin(arrayZip(
          ${places.map(({ traceId }) => traceId)},
          ${places.map(({ spanId }) => spanId)})) AS place))
    GROUP BY trace_id, span_id`,
    limits,
  );
  return byKey(rows);
}

function placesOf(sources: readonly PreviewSource[]): SpanPlace[] {
  return sources.flatMap(({ traceId, input, output }) =>
    [...input, ...output].map((place) => ({ traceId, ...place })),
  );
}

function byKey(rows: readonly Row[]): ReadonlyMap<string, Row> {
  return new Map(rows.map((row) => [keyOf(row.trace_id, row.span_id), row]));
}

function keyOf(traceId: string, spanId: string): string {
  return JSON.stringify([traceId, spanId]);
}
