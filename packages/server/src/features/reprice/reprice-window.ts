import {
  type Cost,
  costOfCall,
  createPricer,
  isSameCost,
  mapFacts,
  PRICED_KINDS,
  type ProjectPrices,
} from '@throughline/spans';
import type { Engine, QueryLimits } from '../../clickhouse/engine.ts';
import { compile, join, type Sql, sql, unsafeRawSql } from '../../clickhouse/sql.ts';
import { type ProjectScope, projectScope } from '../../query/project-scope.ts';
import { type CostedSpan, pricedFactsOf } from '../../query/spans/calculation-of-span.ts';
import { readStoredSpans } from '../../query/spans/read-stored-spans.ts';
import { type ChangedTrace, earlier, later, settleTraces } from '../../settle/settle-traces.ts';
import type { RepricedSpan } from './progress.ts';
import { rangeOfWindow, type Window, whereOf } from './windows.ts';

/** Statements of a run have time: it is in the background. */
const LIMITS: QueryLimits = { maxSeconds: 600, maxResultRows: 1_000_000 };

/** Whether a span can get another cost: it is a call with tokens, and nobody reported a cost for it. */
export const CAN_BE_REPRICED: Sql = sql`kind IN ${[...PRICED_KINDS]} AND (input_tokens > 0 OR output_tokens > 0)
  AND NOT (cost_source = 'reported' AND cost_usd > 0)`;

/** A stored span with everything that its cost depends on. */
interface StoredCall extends Omit<CostedSpan, 'tokenDetails' | 'costDetails'> {
  readonly traceId: string;
  readonly spanId: string;
  readonly startNs: string;
  readonly version: string;
  readonly counted: boolean;
  readonly inputCostUsd: number | null;
  readonly outputCostUsd: number | null;
  readonly tokenPairs: readonly (readonly [name: string, tokens: number])[];
  readonly costPairs: readonly (readonly [name: string, usd: number])[];
}

export interface RepricedCall extends RepricedSpan {
  readonly call: StoredCall;
  readonly cost: Cost | undefined;
}

const price = createPricer();

/** Reads the calls of a window and computes their costs with the prices of now. Changes nothing. */
export async function priceWindow(
  engine: Engine,
  project: string,
  where: Sql,
  prices: ProjectPrices | undefined,
): Promise<RepricedCall[]> {
  const scope = projectScope(engine, project);
  const calls = await readCalls(scope, where);
  const tiers = await tiersOfOldRows(engine, project, calls);
  return calls.map((call) => repriced({ ...call, serviceTier: call.serviceTier ?? tiers(call) }, prices));
}

function readCalls(scope: ProjectScope, where: Sql): Promise<StoredCall[]> {
  return scope.query<StoredCall>(
    sql`
    SELECT trace_id AS traceId, span_id AS spanId, toString(toUnixTimestamp64Nano(start)) AS startNs,
      toString(version) AS version, kind, counted, nullIf(provider, '') AS provider, nullIf(model, '') AS model,
      nullIf(request_model, '') AS requestModel, service_tier AS serviceTier,
      input_tokens AS inputTokens, output_tokens AS outputTokens, cache_read_tokens AS cacheReadTokens,
      cache_write_tokens AS cacheWriteTokens, reasoning_tokens AS reasoningTokens,
      arrayZip(mapKeys(token_details), mapValues(token_details)) AS tokenPairs,
      cost_usd AS costUsd, input_cost_usd AS inputCostUsd, output_cost_usd AS outputCostUsd,
      arrayZip(mapKeys(cost_details), mapValues(cost_details)) AS costPairs, nullIf(cost_source, '') AS costSource
    FROM ${scope.mergedSpans}
    WHERE ${where}
    SETTINGS output_format_json_quote_64bit_integers = 0, output_format_json_quote_decimals = 0`,
    LIMITS,
  );
}

/** Rows of earlier versions do not have the service tier, so it is derived from the content of their spans. */
async function tiersOfOldRows(engine: Engine, project: string, calls: readonly StoredCall[]) {
  const keys = calls
    .filter(({ serviceTier }) => serviceTier === null)
    .map(({ traceId, spanId }) => ({ project, traceId, spanId }));
  const found = keys.length === 0 ? [] : await readStoredSpans(engine, keys);
  const keyOf = (key: { readonly traceId: string; readonly spanId: string }) =>
    JSON.stringify([key.traceId, key.spanId]);
  const tiers = new Map(found.map(({ span, ...key }) => [keyOf(key), mapFacts(span).serviceTier]));
  return (call: StoredCall): string => tiers.get(keyOf(call)) ?? '';
}

function repriced(call: StoredCall, prices: ProjectPrices | undefined): RepricedCall {
  const facts = pricedFactsOf({
    ...call,
    serviceTier: call.serviceTier || null,
    tokenDetails: Object.fromEntries(call.tokenPairs),
  });
  const startMs = Number(BigInt(call.startNs) / 1_000_000n);
  // A cost of 0 that the client reported is kept if no price is known.
  const reported = call.costSource === 'reported' ? storedCost(call) : undefined;
  const cost = costOfCall(facts, reported, startMs, price, prices);
  return {
    call,
    cost,
    provider: call.provider,
    model: call.model,
    counted: call.counted,
    isChanged: !isSame(storedCost(call), cost),
    beforeUsd: call.costUsd,
    afterUsd: cost?.usd ?? null,
  };
}

function storedCost({
  costUsd,
  inputCostUsd,
  outputCostUsd,
  costPairs,
  costSource,
}: StoredCall): Cost | undefined {
  if (costUsd === null) return undefined;
  return {
    usd: costUsd,
    ...(inputCostUsd !== null && { inputUsd: inputCostUsd }),
    ...(outputCostUsd !== null && { outputUsd: outputCostUsd }),
    byClass: Object.fromEntries(costPairs),
    source: costSource ?? '',
  };
}

function isSame(a: Cost | undefined, b: Cost | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const numbers = ({ usd, inputUsd = 0, outputUsd = 0, byClass = {} }: Cost) =>
    new Map(Object.entries({ ...byClass, ' usd': usd, ' input': inputUsd, ' output': outputUsd }));
  const [left, right] = [numbers(a), numbers(b)];
  return (
    left.size === right.size &&
    [...left].every(([name, usd]) => isSameCost(usd, right.get(name) ?? Number.POSITIVE_INFINITY))
  );
}

/** Maximum number of rows in one statement. */
const ROWS_AT_ONCE = 4_000;

/**
 * Inserts the rows of these calls again with their new costs, and settles their traces. A row gets the version of the row
 * that was read plus one nanosecond, so it replaces that row alone: a later delivery of the span replaces it, and a row that
 * has been deleted or replaced meanwhile is left alone.
 *
 * It can be repeated: all traces of the window are settled, because rows that have their new cost already may be from an
 * attempt that ended before their traces were settled. `traceIds` are further traces of the window, whose calls may no
 * longer pass the filter with their new costs.
 */
export async function writeWindow(
  engine: Engine,
  project: string,
  window: Window,
  calls: readonly RepricedCall[],
  traceIds: readonly string[] = [],
): Promise<void> {
  const changed = calls.filter(({ isChanged }) => isChanged);
  // Not the filter of the run: rows that this statement inserts can change what it selects.
  const where = whereOf(window, sql`true`);
  for (let at = 0; at < changed.length; at += ROWS_AT_ONCE)
    await writeRows(engine, project, where, changed.slice(at, at + ROWS_AT_ONCE));
  await settleTraces(engine, tracesOf(project, window, calls, traceIds));
}

async function writeRows(
  engine: Engine,
  project: string,
  where: Sql,
  calls: readonly RepricedCall[],
): Promise<void> {
  const columns: readonly string[][] = [
    calls.map(({ call }) => call.traceId),
    calls.map(({ call }) => call.spanId),
    calls.map(({ call }) => call.version),
    calls.map(({ cost }) => decimal(cost?.usd)),
    calls.map(({ cost }) => decimal(cost?.inputUsd)),
    calls.map(({ cost }) => decimal(cost?.outputUsd)),
    calls.map(({ cost }) => Object.keys(cost?.byClass ?? {}).join('\n')),
    calls.map(({ cost }) =>
      Object.values(cost?.byClass ?? {})
        .map(decimal)
        .join('\n'),
    ),
    calls.map(({ cost }) => cost?.source ?? ''),
  ];
  const changes = join(
    columns.map((values) => sql`${values}`),
    ', ',
  );
  const money = (index: number) => unsafeRawSql(`toDecimal64OrNull(change.each.${index}, 12)`);
  await engine.write(
    ...compile(sql`
    INSERT INTO spans
    SELECT s.* REPLACE (
      ${money(4)} AS cost_usd,
      ${money(5)} AS input_cost_usd,
      ${money(6)} AS output_cost_usd,
      CAST(if(change.each.7 = '', map(), mapFromArrays(
        splitByChar('\n', change.each.7),
        arrayMap(usd -> toDecimal64(usd, 12), splitByChar('\n', change.each.8))
      )), 'Map(LowCardinality(String), Decimal(18, 12))') AS cost_details,
      change.each.9 AS cost_source,
      s.version + 1 AS version)
    FROM (
      SELECT *
      FROM spans
      WHERE project = ${project} AND ${where} AND trace_id IN ${[...new Set(columns[0])]}
    ) AS s
    INNER JOIN (SELECT arrayJoin(arrayZip(${changes})) AS each) AS change
      ON s.trace_id = change.each.1 AND s.span_id = change.each.2 AND toString(s.version) = change.each.3
    LIMIT 1 BY s.trace_id, s.span_id
    SETTINGS max_partitions_per_insert_block = 0`),
  );
}

/** Twelve decimals, as the column has. Empty for an absent value. */
function decimal(usd: number | undefined): string {
  return usd === undefined ? '' : usd.toFixed(12);
}

function tracesOf(
  project: string,
  window: Window,
  calls: readonly RepricedCall[],
  traceIds: readonly string[],
): ChangedTrace[] {
  const byTrace = Map.groupBy(calls, ({ call }) => call.traceId);
  const read = [...byTrace].map(([traceId, own]) => {
    const starts = own.map(({ call }) => BigInt(call.startNs));
    return { project, traceId, firstNs: starts.reduce(earlier), lastNs: starts.reduce(later) };
  });
  const others = traceIds.filter((traceId) => !byTrace.has(traceId));
  return [...read, ...others.map((traceId) => ({ project, traceId, ...rangeOfWindow(window) }))];
}
