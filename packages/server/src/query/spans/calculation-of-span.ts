import { type Cost, explainCost, type PricedFacts, type ProjectPrices, type Usage } from '@throughline/spans';
import type { CostCalculation } from '../../contract/cost-calculation.ts';
import type { SpanDetail } from '../../contract/span.ts';

/** The facts of a span in the format of the API, as far as its cost depends on them. */
export type CostedSpan = Pick<
  SpanDetail,
  | 'kind'
  | 'provider'
  | 'model'
  | 'requestModel'
  | 'serviceTier'
  | 'inputTokens'
  | 'outputTokens'
  | 'cacheReadTokens'
  | 'cacheWriteTokens'
  | 'reasoningTokens'
  | 'tokenDetails'
  | 'costUsd'
  | 'costDetails'
  | 'costSource'
>;

/** How the cost of a span was calculated. Null if the span is not a call with tokens and has no cost. */
export function calculationOfSpan(
  span: CostedSpan,
  startMs: number,
  prices: ProjectPrices | undefined,
): CostCalculation | null {
  const explained = explainCost(pricedFactsOf(span), storedCostOf(span), startMs, prices);
  if (explained === undefined) return null;
  const { text, lines, factor, aboveInputTokens, pricedModel, seller, isCurrent, currentUsd } = explained;
  return {
    text,
    lines: lines.map(({ usd, ...line }) => ({ ...line, costUsd: usd })),
    factor,
    aboveInputTokens: aboveInputTokens ?? null,
    pricedModel: pricedModel ?? null,
    seller: seller ?? null,
    isCurrent,
    currentCostUsd: currentUsd ?? null,
  };
}

/** The stored facts in the form in which ingest priced them. */
export function pricedFactsOf(span: Omit<CostedSpan, 'costUsd' | 'costDetails' | 'costSource'>): PricedFacts {
  const { kind, provider, model, requestModel, serviceTier } = span;
  const usage = usageOf(span);
  return {
    kind,
    ...(provider !== null && { provider }),
    // `model` is the model that answered, otherwise the requested one.
    ...(model !== null && { model, responseModel: model }),
    ...(requestModel !== null && { requestModel }),
    ...(serviceTier !== null && { serviceTier }),
    ...(usage !== undefined && { usage }),
  };
}

type Counts = Pick<
  CostedSpan,
  'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens' | 'reasoningTokens' | 'tokenDetails'
>;

function usageOf(counts: Counts): Usage | undefined {
  const { audio_input: audioInputTokens, audio_output: audioOutputTokens, ...details } = counts.tokenDetails;
  const usage: Usage = {
    ...present('inputTokens', counts.inputTokens),
    ...present('outputTokens', counts.outputTokens),
    ...present('cacheReadTokens', counts.cacheReadTokens),
    ...present('cacheWriteTokens', counts.cacheWriteTokens),
    ...present('reasoningTokens', counts.reasoningTokens),
    ...present('audioInputTokens', audioInputTokens),
    ...present('audioOutputTokens', audioOutputTokens),
    ...(Object.keys(details).length > 0 && { details }),
  };
  return Object.keys(usage).length === 0 ? undefined : usage;
}

function present<Name extends keyof Usage>(name: Name, count: number | null | undefined) {
  return count === null || count === undefined ? {} : ({ [name]: count } as Record<Name, number>);
}

function storedCostOf({
  costUsd,
  costDetails,
  costSource,
}: Pick<CostedSpan, 'costUsd' | 'costDetails' | 'costSource'>): Cost | undefined {
  if (costUsd === null) return undefined;
  return { usd: costUsd, byClass: costDetails, source: costSource ?? '' };
}
