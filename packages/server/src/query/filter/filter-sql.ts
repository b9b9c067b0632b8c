import {
  type Filter,
  type FilterTerm,
  type LabelField,
  type NumberField,
  parseFilter,
} from '@throughline/spans';
import { and, type Sql, sql, time, unsafeRawSql } from '../../clickhouse/sql.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import type { ProjectScope } from '../project-scope.ts';

const DAY_NS = 86_400_000_000_000n;
const MAX_NS = 2n ** 63n - 1n;

/** Throws `invalid-filter`. */
export function readFilter(text: string | undefined): Filter {
  const parsed = parseFilter(text ?? '');
  if (parsed.ok) return parsed.filter;
  const { position, message } = parsed.problem;
  throw new ThroughlineError('invalid-filter', `q, at position ${position}: ${message}`);
}

/**
 * Conditions on `trace_id`, for traces that began in the range. Each term is looked for from the beginning of the
 * range to a day after its end: a span that comes later than a day after its trace began is not seen.
 */
export function filterConditions(scope: ProjectScope, filter: Filter, fromNs: bigint, toNs: bigint): Sql[] {
  const end = toNs < MAX_NS - DAY_NS ? toNs + DAY_NS : MAX_NS;
  const inRange = sql`start >= ${time(fromNs)} AND start < ${time(end)}`;
  return filter.map((term) => {
    if (term.type === 'text')
      return hasText(scope, term.text, inRange, sql`time >= ${time(fromNs)} AND time < ${time(end)}`);
    const [table, where, having] = partsOf(scope, term);
    return sql`trace_id IN (SELECT trace_id FROM ${table} WHERE ${and([inRange, ...where])} GROUP BY trace_id HAVING ${having})`;
  });
}

type Parts = readonly [table: Sql, where: readonly Sql[], having: Sql];

function partsOf(scope: ProjectScope, term: Exclude<FilterTerm, { type: 'text' }>): Parts {
  if (term.type === 'number') {
    return [
      scope.mergedSpans,
      [],
      sql`${FIGURES[term.field]} ${unsafeRawSql(term.comparison)} ${term.value}`,
    ];
  }
  if (term.field === 'status') {
    return [scope.mergedSpans, [], matches(TRACE_STATUS, term.match, term.value)];
  }
  if (term.field === 'tag') {
    return [
      scope.mergedSpans,
      [sql`arrayExists(tag -> ${matches(sql`tag`, term.match, term.value)}, tags)`],
      sql`1`,
    ];
  }
  return [scope.mergedSpans, [matches(COLUMNS[term.field], term.match, term.value)], sql`1`];
}

function matches(column: Sql, match: 'equals' | 'prefix', value: string): Sql {
  return match === 'prefix' ? sql`startsWith(${column}, ${value})` : sql`${column} = ${value}`;
}

const COLUMNS: Readonly<Record<Exclude<LabelField, 'status' | 'tag'>, Sql>> = {
  kind: sql`kind`,
  name: sql`name`,
  model: sql`model`,
  provider: sql`provider`,
  service: sql`service`,
  user: sql`user_id`,
  session: sql`session_id`,
  feature: sql`feature`,
  env: sql`environment`,
};

/** As in a trace's summary: `error` if a root failed or, without a root, any span; else the root's. */
const TRACE_STATUS = sql`multiIf(
  countIf(status = 'error' AND parent_span_id = '') > 0, 'error',
  countIf(parent_span_id = '') > 0, toString(argMinIf(status, (start, span_id), parent_span_id = '')),
  countIf(status = 'error') > 0, 'error',
  countIf(status = 'ok') > 0, 'ok',
  'unset')`;

/** Absent is NULL, which no comparison is true of. */
const FIGURES: Readonly<Record<NumberField, Sql>> = {
  cost: sql`toFloat64(sumIf(cost_usd, counted))`,
  durationMs: sql`(max(toUnixTimestamp64Nano(start) + toInt64(duration_ns)) - min(toUnixTimestamp64Nano(start))) / 1e6`,
  tokens: sql`sumIf(if(input_tokens IS NULL, output_tokens, input_tokens + ifNull(output_tokens, 0)), counted)`,
};

/** All words in one text of a span or of one of its log records. */
function hasText(scope: ProjectScope, text: string, spansInRange: Sql, logsInRange: Sql): Sql {
  const words = wordsOf(text);
  if (words.length === 0) return sql`0`;
  return sql`trace_id IN (
    SELECT trace_id FROM ${scope.payloads}
    WHERE ${spansInRange} AND (hasAllTokens(mapValues(input), ${words}) OR hasAllTokens(mapValues(output), ${words}))
    UNION DISTINCT
    SELECT trace_id FROM ${scope.logs}
    WHERE ${logsInRange} AND (hasAllTokens(body, ${words}) OR hasAllTokens(attributes, ${words})))`;
}

/** Cut and lowered as the text indexes do: ASCII alone. */
function wordsOf(text: string): string[] {
  return text
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    .split(/[^0-9a-z\u0080-\u{10ffff}]+/u)
    .filter((word) => word !== '');
}
