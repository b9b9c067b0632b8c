import {
  type Filter,
  mapTexts,
  passageOf,
  type RawSpan,
  searchedTexts,
  searchedTextsOf,
  type TextCondition,
} from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { join, type Sql, sql, time } from '../../clickhouse/sql.ts';
import type { TextMatch } from '../../contract/trace.ts';
import { earlier } from '../../settle/settle-traces.ts';
import { hasTextSql } from '../filter/text-sql.ts';
import { MINUTE, MINUTE_NS, type ProjectScope } from '../project-scope.ts';
import { type PayloadRow, rawSpanOfRows } from '../spans/raw-span-of-rows.ts';
import { readLogEvents, withLogEvents } from '../spans/span-logs.ts';
import { PAYLOAD_COLUMNS } from '../spans/used-documents.ts';

/** Maximum number of traces of a page that get a passage, because each one reads the content of a span. */
const MAX_TRACES = 100;

/** A trace of a page. */
interface Listed {
  readonly traceId: string;
  readonly startNs: string;
}

interface Place extends Listed {
  readonly spanId: string;
}

interface Row extends PayloadRow, Place {}

/**
 * Returns for each trace the passage in which the texts of the filter were found. Traces found by other conditions are
 * left out.
 */
export async function readTextMatches(
  scope: ProjectScope,
  traces: readonly Listed[],
  filter: Filter,
  limits?: QueryLimits,
): Promise<Map<string, TextMatch>> {
  const conditions = searchedTextsOf(filter);
  if (conditions.length === 0 || traces.length === 0) return new Map();
  const places = await findSpans(scope, traces.slice(0, MAX_TRACES), conditions, limits);
  const payloads = new Map(
    (await readPayloads(scope, places, limits)).map((row) => [`${row.traceId} ${row.spanId}`, row]),
  );
  const matches = new Map<string, TextMatch>();
  for (const place of places) {
    const row = payloads.get(`${place.traceId} ${place.spanId}`);
    const match =
      matchIn(spanOf(place, row), conditions) ?? (await matchInLogs(scope, place, row, conditions, limits));
    if (match) matches.set(place.traceId, match);
  }
  return matches;
}

/** One span of each trace: the first of those that contain the most of the texts. */
async function findSpans(
  scope: ProjectScope,
  traces: readonly Listed[],
  conditions: readonly TextCondition[],
  limits: QueryLimits | undefined,
): Promise<Place[]> {
  const texts = conditions.map(hasTextSql);
  const any = join(
    texts.map((text) => sql`(${text})`),
    ' OR ',
  );
  const found = join(
    texts.map((text) => sql`toUInt8(${text})`),
    ' + ',
  );
  const ids = traces.map(({ traceId }) => traceId);
  const first = traces.map(({ startNs }) => BigInt(startNs)).reduce(earlier);
  const select = (from: Sql, start: Sql, since: Sql) => sql`
    SELECT trace_id AS traceId, span_id AS spanId, ${start} AS startNs, ${found} AS found
    FROM ${from}
    WHERE trace_id IN ${ids} AND ${since} AND (${any})
    ORDER BY found DESC, startNs
    LIMIT 1 BY trace_id`;
  return scope.query<Place>(
    sql`
    SELECT traceId, spanId, startNs
    FROM
    (
      SELECT * FROM (${select(scope.payloads, sql`toString(toUnixTimestamp64Nano(start))`, sql`start >= ${time(first)}`)})
      UNION ALL
      SELECT * FROM (${select(scope.logs, sql`'0'`, sql`true`)})
    )
    ORDER BY found DESC, startNs DESC
    LIMIT 1 BY traceId`,
    limits,
  );
}

/** Reads the content of the spans. Their starts complete the primary key. */
function readPayloads(
  scope: ProjectScope,
  places: readonly Place[],
  limits: QueryLimits | undefined,
): Promise<Row[]> {
  const known = places.filter(({ startNs }) => startNs !== '0');
  if (known.length === 0) return Promise.resolve([]);
  return scope.query<Row>(
    sql`
    SELECT trace_id AS traceId, span_id AS spanId, toString(toUnixTimestamp64Nano(start)) AS startNs, ${PAYLOAD_COLUMNS}
    FROM ${scope.payloads} AS payloads
    WHERE (${MINUTE}, trace_id, span_id) IN (
        SELECT intDiv(toInt64(place.1), ${MINUTE_NS}), place.2, place.3
        FROM (SELECT arrayJoin(arrayZip(
          ${known.map(({ startNs }) => startNs)},
          ${known.map(({ traceId }) => traceId)},
          ${known.map(({ spanId }) => spanId)})) AS place))
    ORDER BY version DESC
    LIMIT 1 BY trace_id, span_id`,
    limits,
  );
}

function matchIn(span: RawSpan, conditions: readonly TextCondition[]): TextMatch | undefined {
  const passage = passageOf(searchedTexts(span, mapTexts(span)), conditions);
  return (
    passage && {
      spanId: span.spanId,
      text: passage.text,
      marks: [...passage.marks],
    }
  );
}

/** The content of a span can also be in its log records, which are read only if the span itself has no match. */
async function matchInLogs(
  scope: ProjectScope,
  place: Place,
  row: Row | undefined,
  conditions: readonly TextCondition[],
  limits: QueryLimits | undefined,
): Promise<TextMatch | undefined> {
  const logs = await readLogEvents(scope, place.traceId, place.spanId, limits);
  return logs.length === 0 ? undefined : matchIn(withLogEvents(spanOf(place, row), logs), conditions);
}

function spanOf({ traceId, spanId, startNs }: Place, payload: Row | undefined): RawSpan {
  const unknown = {
    parentSpanId: null,
    durationNs: null,
    statusMessage: null,
    otelKind: 'unspecified',
  } as const;
  return rawSpanOfRows({ ...unknown, traceId, spanId, startNs, name: '', status: 'unset' }, payload);
}
