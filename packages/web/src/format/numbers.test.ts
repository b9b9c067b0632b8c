import { describe, expect, it } from 'vitest';
import { countOf, showCost, showCount, showDuration, showLength, showShare, sumOf } from './numbers.ts';

describe('formatting numbers', () => {
  it('shows an absent value as a dash, never as 0', () => {
    expect([showDuration(null), showCost(null), showCount(undefined)].map((shown) => shown.text)).toEqual([
      '–',
      '–',
      '–',
    ]);
    expect(sumOf(null, null)).toBeNull();
    expect(sumOf(null, 3)).toBe(3);
  });

  it('shows three significant digits, and every digit on hover', () => {
    expect(showDuration(4210.5678)).toEqual({ text: '4.21 s', exact: '4210.5678 ms' });
    expect(showCost(0.0190123)).toEqual({ text: '$0.0190', exact: '$0.0190123' });
    expect(showCost(4.8e-7)).toEqual({ text: '<$0.0001', exact: '$0.00000048' });
    expect(showCount(12304)).toEqual({ text: '12,304', exact: '12,304' });
  });

  it('marks a sum with unknown prices as a lower bound', () => {
    expect(showCost(0.5, { unpricedCalls: 3, unpricedModels: ['a', 'b'] })).toEqual({
      text: '≥ $0.500',
      exact: 'at least $0.5: 3 calls have no known price (a, b)',
    });
    expect(showCost(null, { unpricedCalls: 1 })).toEqual({ text: '–', exact: '1 call has no known price' });
    expect(showCost(0.5, { unpricedCalls: 0, unpricedModels: [] }).text).toBe('$0.500');
  });

  it.each([
    [61, 100, '61 %'],
    [2.1, 100, '2.1 %'],
    [0, 100, '0 %'],
    [1, 100_000, '<0.1 %'],
    [1, 0, '–'],
  ])('shows %d of %d as %s', (part, whole, text) => {
    expect(showShare(part, whole).text).toBe(text);
  });

  it.each([
    [12, '12 chars'],
    [1340, '1.3 k chars'],
    [2_100_000, '2.1 M chars'],
  ])('shows a length of %d characters as %s', (characters, text) => {
    expect(showLength(characters)).toBe(text);
  });

  it.each([
    [0, '0 spans'],
    [1, '1 span'],
    [2, '2 spans'],
    [12_304, '12,304 spans'],
  ])('shows a count of %d with its noun as %s', (count, text) => {
    expect(countOf(count, 'span')).toBe(text);
  });
});
