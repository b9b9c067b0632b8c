import { describe, expect, it } from 'vitest';
import { ratePerMillion, splitTokens } from './token-split.ts';

const NONE = {
  inputTokens: null,
  outputTokens: null,
  cacheReadTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
  costDetails: {},
};
const brief = (span: Partial<typeof NONE> | Record<string, unknown>) =>
  splitTokens({ ...NONE, ...span } as never).map((row) => [row.id, row.tokens]);

describe('splitting tokens', () => {
  it('subtracts cached and reasoning tokens from the totals that include them', () => {
    expect(
      brief({
        inputTokens: 9812,
        cacheReadTokens: 6144,
        cacheWriteTokens: 100,
        outputTokens: 240,
        reasoningTokens: 64,
      }),
    ).toEqual([
      ['uncached', 3568],
      ['cacheRead', 6144],
      ['cacheWrite', 100],
      ['reasoning', 64],
      ['output', 176],
    ]);
  });

  it('leaves out classes that were not reported', () => {
    expect(brief({})).toEqual([]);
    expect(brief({ outputTokens: 5 })).toEqual([['output', 5]]);
  });

  it('shows a rest of 0 if the parts exceed their total', () => {
    expect(brief({ inputTokens: 10, cacheReadTokens: 25 })).toEqual([
      ['uncached', 0],
      ['cacheRead', 25],
    ]);
  });

  it('computes the rate if tokens and cost are known', () => {
    const [row] = splitTokens({ ...NONE, inputTokens: 1000, costDetails: { uncachedInputTokens: 0.0025 } });
    expect(row?.costUsd).toBe(0.0025);
    expect(row && ratePerMillion(row)).toBeCloseTo(2.5);
    expect(ratePerMillion({ id: 'x', label: 'x', side: 'input', tokens: 0, costUsd: 0 })).toBeNull();
  });
});
