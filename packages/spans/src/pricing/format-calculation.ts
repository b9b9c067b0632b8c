import type { Calculation, CostLine } from './calculate-cost.ts';

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
/** More than any price needs that is not negligible, and the most that Node 20 and browsers of its time accept. */
const ALL_DIGITS = { maximumFractionDigits: 20 };
const exact = new Intl.NumberFormat('en-US', ALL_DIGITS);
const exactDollars = new Intl.NumberFormat('en-US', { minimumFractionDigits: 2, ...ALL_DIGITS });

const exactNumber = (value: number): string => exact.format(value);

/** Formats dollars without rounding: `$3.00`, `$0.075`, `$0.006576`. */
export function exactUsd(usd: number): string {
  return `$${exactDollars.format(usd)}`;
}
