import { type EffectivePrice, effectivePrice, type ProjectPrices } from '@throughline/spans';
import type { QueryLimits } from '../../clickhouse/engine.ts';
import { sql, time } from '../../clickhouse/sql.ts';
import type { ModelPrice, ModelPrices } from '../../contract/model-price.ts';
import { MAX_NS } from '../../query/max-time.ts';
import type { ProjectScope } from '../../query/project-scope.ts';
import { IS_UNPRICED, TOKENS } from '../../settle/trace-measures.ts';

export interface ModelsQuery {
  /** Range of the start of calls in nanoseconds since 1970: inclusive, exclusive. */
  readonly fromNs?: bigint | undefined;
  readonly toNs?: bigint | undefined;
  readonly limit: number;
  /** Prices are those of this time. */
  readonly nowMs: number;
  readonly prices: ProjectPrices | undefined;
  readonly limits: QueryLimits;
}

interface Row {
  readonly provider: string;
  readonly model: string;
  readonly calls: number;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: number | null;
  readonly unpricedCalls: number;
  readonly reportedCalls: number;
}

/** The models of a project with what was used and their price. Those without a price come first. */
export async function modelPrices(scope: ProjectScope, query: ModelsQuery): Promise<ModelPrices> {
  const { fromNs = 0n, toNs = MAX_NS, limit, limits } = query;
  const rows = await scope.query<Row>(
    sql`
    SELECT provider, model,
      count() AS calls,
      sum(input_tokens) AS inputTokens,
      sum(output_tokens) AS outputTokens,
      sum(cost_usd) AS costUsd,
      countIf(${IS_UNPRICED}) AS unpricedCalls,
      countIf(cost_source = 'reported') AS reportedCalls
    FROM ${scope.mergedSpans}
    WHERE counted AND start >= ${time(fromNs)} AND start < ${time(toNs)} AND ${TOKENS} > 0
    GROUP BY provider, model
    ORDER BY unpricedCalls > 0 DESC, sum(${TOKENS}) DESC, provider, model
    LIMIT ${limit + 1}
    SETTINGS output_format_json_quote_64bit_integers = 0, output_format_json_quote_decimals = 0`,
    limits,
  );
  return {
    models: rows.slice(0, limit).map((row) => toModel(row, query)),
    more: rows.length > limit,
  };
}

function toModel({ provider, model, ...used }: Row, { nowMs, prices }: ModelsQuery): ModelPrice {
  const found = model === '' ? undefined : effectivePrice(provider || undefined, model, nowMs, prices);
  return { provider: provider || null, model: model || null, ...used, price: found ? toPrice(found) : null };
}

function toPrice(found: EffectivePrice): NonNullable<ModelPrice['price']> {
  const { own, table, pricedModel, seller, prices, aboveInputTokens, perRequest } = found;
  return {
    priceId: own?.id ?? null,
    table: table ?? null,
    pricedModel,
    seller: seller ?? null,
    usdPerMillion: prices,
    aboveInputTokens: aboveInputTokens ?? null,
    usdPerRequest: perRequest ?? null,
  };
}
