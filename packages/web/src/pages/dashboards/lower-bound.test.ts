import { expect, it } from 'vitest';
import { unpricedOf } from './lower-bound.ts';

it.each([
  ['cost.sum', {}, 3],
  ['costPerCall.ratio', {}, 3],
  ['cost.avg', { of: 'traces' as const }, 3],
  ['cost.p50', {}, undefined],
  ['calls.sum', {}, undefined],
  ['score.cost.avg', { of: 'traces' as const }, undefined],
])('%s of %j lacks the calls without a price', (measure, query, expected) => {
  expect(unpricedOf(measure, query, { unpricedCalls: 3 })?.unpricedCalls).toBe(expected);
});
