import type { Cost } from '../model/cost.ts';
import { type Calculation, type CostLine, linesOfCost } from './calculate-cost.ts';
import { calculationOfCall, PRICED_KINDS, type PricedFacts } from './cost-of-call.ts';
import { createPricer } from './pricing.ts';
import { PROJECT_PRICE_SOURCE, type ProjectPrices } from './project-prices.ts';
import { isStandardTier } from './service-tiers.ts';

/** How the stored cost of a call came about, and what it would be with the prices of today. */
export interface ExplainedCost {
  /** The calculation as text, or why there is no cost. */
  readonly text: string;
  /** Empty if there is no cost or if it was reported. The costs of the lines add up to the stored cost exactly. */
  readonly lines: readonly CostLine[];
  /** Factor of the service tier. It is part of the prices of the lines if the prices have changed since. */
  readonly factor: number;
  readonly serviceTier?: string;
  readonly aboveInputTokens?: number;
  /** The model in the price table or the pattern of the project's price. Undefined if the price has changed since. */
  readonly pricedModel?: string;
  readonly seller?: string;
  /** Whether the prices of today give the same cost. True for reported costs, which no price changes. */
  readonly isCurrent: boolean;
  /** The cost by the prices of today. */
  readonly currentUsd?: number;
}

const price = createPricer();

/** Undefined if the span is not a call with tokens and has no cost. */
export function explainCost(
  facts: PricedFacts,
  stored: Cost | undefined,
  timeMs: number,
  own: ProjectPrices | undefined,
): ExplainedCost | undefined {
  const { usage, serviceTier } = facts;
  const current = calculationOfCall(facts, timeMs, price, own);
  const now = {
    factor: current?.factor ?? 1,
    ...(serviceTier !== undefined && { serviceTier }),
    ...(current && { currentUsd: current.usd }),
  };
  if (stored === undefined) {
    const { inputTokens = 0, outputTokens = 0 } = usage ?? {};
    if (!PRICED_KINDS.has(facts.kind) || inputTokens + outputTokens === 0) return undefined;
    const text = current
      ? 'No price was known when this call was stored.'
      : reasonOfMissingPrice(facts, timeMs, own);
    return { ...now, text, lines: [], isCurrent: current === undefined };
  }
  if (stored.source === 'reported')
    return { ...now, text: 'Reported by the client or provider.', lines: [], isCurrent: true };
  if (current !== undefined && current.usd === stored.usd && isOwn(current) === isOwn(stored)) {
    const { lines, aboveInputTokens, pricedModel, seller } = current;
    return {
      ...now,
      text: formatCalculation(current, serviceTier),
      lines,
      ...(aboveInputTokens !== undefined && { aboveInputTokens }),
      pricedModel,
      ...(seller !== undefined && { seller }),
      isCurrent: true,
    };
  }
  const lines = linesOfCost(usage ?? {}, stored) ?? [];
  const isCurrent = current !== undefined && current.usd === stored.usd;
  return {
    ...now,
    factor: 1,
    text: formatCalculation({ lines, usd: stored.usd, factor: 1 }),
    lines,
    isCurrent,
  };
}

const isOwn = ({ source }: Pick<Cost, 'source'>): boolean => source.startsWith(PROJECT_PRICE_SOURCE);

function reasonOfMissingPrice(facts: PricedFacts, timeMs: number, own: ProjectPrices | undefined): string {
  const { serviceTier, model } = facts;
  const named = model === undefined ? 'a call without a model' : `the model ${model}`;
  const standard = { ...facts, serviceTier: 'standard' };
  if (!isStandardTier(serviceTier) && calculationOfCall(standard, timeMs, price, own) !== undefined)
    return `The price of the service tier "${serviceTier}" is not known for ${named}.`;
  return `The price of ${named} is not known.`;
}

/** What each class of tokens is called beside others of the same direction. */
const LABELS: Readonly<Record<string, string>> = {
  inputTokens: 'fresh',
  cacheReadTokens: 'cached',
  cacheWriteTokens: 'written to cache',
  cache_write_5m: 'written to cache for 5 min',
  cache_write_1h: 'written to cache for 1 h',
  cache_audio_read: 'cached audio',
  cache_image_read: 'cached image',
  audioInputTokens: 'audio',
  image_input: 'image',
  video_input: 'video',
  outputTokens: 'text',
  reasoningTokens: 'reasoning',
  audioOutputTokens: 'audio',
  image_output: 'image',
};

export const costLabelOf = (name: string): string => LABELS[name] ?? name;

/**
 * Formats a calculation: `1,247 in: 447 fresh × $3.00/M + 800 cached × $0.30/M; 333 out × $15.00/M = $0.006576`. Numbers
 * are not rounded.
 */
export function formatCalculation(
  {
    lines,
    usd,
    factor,
    aboveInputTokens,
  }: Pick<Calculation, 'lines' | 'usd' | 'factor' | 'aboveInputTokens'>,
  serviceTier?: string,
): string {
  const parts = [sideOf(lines, 'input', 'in'), sideOf(lines, 'output', 'out')];
  for (const line of lines)
    if (line.direction === 'request') parts.push(`1 request × ${exactUsd(line.price)}`);
  const sum = parts.filter((part) => part !== '').join('; ');
  const scaled =
    factor === 1 ? sum : `(${sum}) × ${exactNumber(factor)} for ${serviceTier ?? 'the service tier'}`;
  const above =
    aboveInputTokens === undefined ? '' : ` (prices above ${grouped.format(aboveInputTokens)} input tokens)`;
  return `${scaled === '' ? '' : `${scaled} = `}${exactUsd(usd)}${above}`;
}

function sideOf(lines: readonly CostLine[], direction: CostLine['direction'], label: string): string {
  const own = lines.filter((line) => line.direction === direction);
  const [only] = own;
  if (only === undefined) return '';
  const count = (tokens: number) => grouped.format(tokens);
  if (own.length === 1 && (only.name === 'inputTokens' || only.name === 'outputTokens'))
    return `${count(only.count)} ${label} × ${exactUsd(only.price)}/M`;
  const total = own.reduce((sum, line) => sum + line.count, 0);
  // The rest of the input or output comes first.
  const ordered = own.toSorted((a, b) => Number(isRest(b)) - Number(isRest(a)));
  const products = ordered.map(
    (line) => `${count(line.count)} ${costLabelOf(line.name)} × ${exactUsd(line.price)}/M`,
  );
  return `${count(total)} ${label}: ${products.join(' + ')}`;
}

const isRest = ({ name }: CostLine): boolean => name === 'inputTokens' || name === 'outputTokens';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const exact = new Intl.NumberFormat('en-US', { maximumFractionDigits: 12 });
const exactDollars = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 12 });

const exactNumber = (value: number): string => exact.format(value);

/** Formats dollars without rounding: `$3.00`, `$0.075`, `$0.006576`. */
export function exactUsd(usd: number): string {
  return `$${exactDollars.format(usd)}`;
}
