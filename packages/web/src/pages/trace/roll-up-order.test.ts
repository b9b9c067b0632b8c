import type { RollUpRow } from '@throughline/spans';
import { describe, expect, it } from 'vitest';
import { nextRollUpOrder, parseRollUpOrder, sortRollUp } from './roll-up-order.ts';

const row = (label: string, costUsd: number | null) => ({ label, costUsd, criticalMs: 0 }) as RollUpRow;
const rows = [row('b', 2), row('c', null), row('a', 3)];
const sorted = (order: string) => sortRollUp(rows, parseRollUpOrder(order)).map(({ label }) => label);

describe('the order of the totals', () => {
  it('sorts by a column in both directions, with absent values last', () => {
    expect(sorted('-costUsd')).toEqual(['a', 'b', 'c']);
    expect(sorted('costUsd')).toEqual(['b', 'a', 'c']);
    expect(sorted('label')).toEqual(['a', 'b', 'c']);
  });

  it.each([undefined, '', 'nonsense', '-__proto__'])('is by critical path for %j', (text) => {
    expect(parseRollUpOrder(text)).toEqual({ column: 'criticalMs', descending: true });
  });

  it('begins with the largest figures and the first names', () => {
    expect(nextRollUpOrder(parseRollUpOrder(undefined), 'costUsd')).toBe('-costUsd');
    expect(nextRollUpOrder(parseRollUpOrder('-costUsd'), 'costUsd')).toBe('costUsd');
    expect(nextRollUpOrder(parseRollUpOrder('-costUsd'), 'label')).toBe('label');
  });
});
