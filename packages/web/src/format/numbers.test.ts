import { describe, expect, it } from 'vitest';
import { showCost, showCount, showDuration, showLength, showShare, sumOf } from './numbers.ts';

describe('numbers as they are shown', () => {
  it('are absent where the value is, and never 0', () => {
    expect([showDuration(null), showCost(null), showCount(undefined)].map((shown) => shown.text)).toEqual([
      '–',
      '–',
      '–',
    ]);
    expect(sumOf(null, null)).toBeNull();
    expect(sumOf(null, 3)).toBe(3);
  });

  it('keep three digits on the page and every digit on hover', () => {
    expect(showDuration(4210.5678)).toEqual({ text: '4.21 s', exact: '4210.5678 ms' });
    expect(showCost(0.0190123)).toEqual({ text: '$0.0190', exact: '$0.0190123' });
    expect(showCost(4.8e-7)).toEqual({ text: '<$0.0001', exact: '$0.00000048' });
    expect(showCount(12304)).toEqual({ text: '12,304', exact: '12,304' });
  });

  it('mark a sum with unknown parts as a lower bound', () => {
    expect(showCost(0.5, true).text).toBe('≥ $0.500');
  });

  it.each([
    [61, 100, '61 %'],
    [2.1, 100, '2.1 %'],
    [0, 100, '0 %'],
    [1, 100_000, '<0.1 %'],
    [1, 0, '–'],
  ])('show %d of %d as %s', (part, whole, text) => {
    expect(showShare(part, whole).text).toBe(text);
  });

  it.each([
    [12, '12 chars'],
    [1340, '1.3 k chars'],
    [2_100_000, '2.1 M chars'],
  ])('say that %d characters are %s', (characters, text) => {
    expect(showLength(characters)).toBe(text);
  });
});
