import { Tiktoken } from 'js-tiktoken/lite';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { describe, expect, it } from 'vitest';
import { endOfTokens, estimateTokens } from './estimate-tokens.ts';

const tokenizer = new Tiktoken(o200k);

const TEXTS = {
  prose:
    'The refund policy allows returns within thirty days of delivery. Customers receive a confirmation by email, and the amount is credited to the original payment method within five working days.',
  JSON: JSON.stringify({
    order: {
      id: 'A-1001',
      status: 'shipped',
      carrier: 'Hare Parcel',
      items: [{ sku: 'T-77', quantity: 2, price: 19.99 }],
    },
    customer: { name: 'Ada Lovelace', tier: 'gold', newsletter: false },
  }),
  'a line of the tree':
    '├─ vector_search   2.55 s   $0.0880   9,812 tok  text-embedding-3-small · first token 412 ms',
  'hexadecimal ids': '4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7',
  times: '2026-11-20T10:00:00.123456789Z 2026-11-20T10:00:01Z',
  code: 'export function add(left: number, right: number): number {\n  return left + right;\n}\n',
  Chinese: '退款政策规定，客户可以在三十天内退货。',
  Japanese: 'お客様は三十日以内に商品を返品できます。',
  Russian: 'Политика возврата действует тридцать дней со дня доставки',
  German: 'Die Rückgabefrist beträgt dreißig Tage nach Erhalt der Ware.',
};

describe('estimateTokens', () => {
  it.each(Object.entries(TEXTS))(
    'is not below the real number of tokens for %s, and at most 2.6 times that',
    (_, text) => {
      const real = tokenizer.encode(text).length;
      expect(estimateTokens(text)).toBeGreaterThanOrEqual(real);
      expect(estimateTokens(text)).toBeLessThanOrEqual(2.6 * real);
    },
  );

  it('is 0 for an empty text', () => {
    expect(estimateTokens('')).toBe(0);
  });
});

describe('endOfTokens', () => {
  it('cuts a text into pieces that fit the budget and together are the text', () => {
    const text = Object.values(TEXTS).join('\n');
    const pieces: string[] = [];
    for (let from = 0; from < text.length; ) {
      const end = endOfTokens(text, 25, from);
      pieces.push(text.slice(from, end));
      from = end;
    }
    expect(pieces.join('')).toBe(text);
    expect(Math.max(...pieces.map(estimateTokens))).toBe(25);
  });

  it('does not split a surrogate pair', () => {
    expect(endOfTokens('😀😀', 1)).toBe(2);
  });

  it('returns the start for a budget of 0', () => {
    expect(endOfTokens('text', 0, 2)).toBe(2);
  });
});
