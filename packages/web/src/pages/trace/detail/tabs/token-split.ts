import type { SpanDetail } from '../../../../api/types.ts';

/** One class of tokens. Classes do not overlap. */
export interface TokenClass {
  readonly id: string;
  readonly label: string;
  readonly side: 'input' | 'output';
  readonly tokens: number;
  /** Cost of these tokens; absent if only the total cost is known. */
  readonly costUsd?: number;
}

type Counts = Pick<
  SpanDetail,
  'inputTokens' | 'outputTokens' | 'cacheReadTokens' | 'cacheWriteTokens' | 'reasoningTokens' | 'costDetails'
>;

/** Names of the classes in `costDetails`, which differ between price tables. */
const COST_NAMES: Readonly<Record<string, readonly string[]>> = {
  uncached: ['uncachedInputTokens', 'inputTokens', 'input'],
  cacheRead: ['cacheReadTokens', 'cache_read', 'input_cache_read'],
  cacheWrite: ['cacheWriteTokens', 'cache_write', 'input_cache_write'],
  output: ['outputTokens', 'output'],
  reasoning: ['reasoningTokens', 'reasoning'],
};

/**
 * Splits input and output tokens into classes that do not overlap. In the API, the totals include cached and reasoning
 * tokens. Classes that were not reported are left out. If the parts exceed their total, the rest is 0.
 */
export function splitTokens(span: Counts): readonly TokenClass[] {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens } = span;
  const cached = (cacheReadTokens ?? 0) + (cacheWriteTokens ?? 0);
  const rows: [string, string, 'input' | 'output', number | null][] = [
    [
      'uncached',
      cached > 0 ? 'Uncached input' : 'Input',
      'input',
      inputTokens === null ? null : Math.max(0, inputTokens - cached),
    ],
    ['cacheRead', 'Read from cache', 'input', cacheReadTokens],
    ['cacheWrite', 'Written to cache', 'input', cacheWriteTokens],
    ['reasoning', 'Reasoning', 'output', reasoningTokens],
    [
      'output',
      (reasoningTokens ?? 0) > 0 ? 'Visible output' : 'Output',
      'output',
      outputTokens === null ? null : Math.max(0, outputTokens - (reasoningTokens ?? 0)),
    ],
  ];
  return rows.flatMap(([id, label, side, tokens]) => {
    if (tokens === null) return [];
    const costUsd = costOf(span.costDetails, id);
    return [{ id, label, side, tokens, ...(costUsd !== undefined && { costUsd }) }];
  });
}

function costOf(details: Readonly<Record<string, number>>, id: string): number | undefined {
  const name = COST_NAMES[id]?.find((candidate) => Object.hasOwn(details, candidate));
  return name === undefined ? undefined : details[name];
}

/** US dollars per million tokens; null if the cost is not known or no tokens were used. */
export function ratePerMillion(row: TokenClass): number | null {
  return row.costUsd === undefined || row.tokens === 0 ? null : (row.costUsd / row.tokens) * 1e6;
}
