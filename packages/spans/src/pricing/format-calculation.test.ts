import { expect, it } from 'vitest';
import { exactUsd, formatCalculation } from './format-calculation.ts';

it.each([
  [3, '$3.00'],
  [0.075, '$0.075'],
  [0.1, '$0.10'],
  [123_456.123456789, '$123,456.123456789'],
  [1.23456789e-7, '$0.000000123456789'],
])('formats %d dollars with all digits: %s', (usd, text) => {
  expect(exactUsd(usd)).toBe(text);
});

it('shows all digits of a price per request', () => {
  const line = {
    name: 'requests',
    direction: 'request',
    count: 1,
    price: 1.23456789e-7,
    usd: 1.23457e-7,
  } as const;
  expect(formatCalculation({ lines: [line], usd: 1.23457e-7, factor: 1, aboveInputTokens: undefined })).toBe(
    '1 request × $0.000000123456789 = $0.000000123457',
  );
});
