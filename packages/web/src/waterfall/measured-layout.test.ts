import { layoutTrace } from '@throughline/spans';
import { expect, it } from 'vitest';
import { measuredLayout } from './measured-layout.ts';
import { spanFixture } from './span-fixture.ts';

const call = { kind: 'llm', counted: true, inputTokens: 10, outputTokens: 10 } as const;
const layout = layoutTrace([
  spanFixture('agent', null, 0, 100, { kind: 'agent' }),
  spanFixture('tool', 'agent', 5, 80, { kind: 'tool' }),
  spanFixture('chat 1', 'agent', 10, 20, { ...call, costUsd: 0.07 }),
  spanFixture('chat 2', 'agent', 90, 5, { ...call, costUsd: 0.03 }),
  spanFixture('second root', null, 100, 1, { ...call, costUsd: 0.02 }),
]);
const bars = (width: 'cost' | 'tokens') => {
  const { spans, startMs, durationMs } = measuredLayout(layout, width);
  return spans.map(({ spanId }, i) => [spanId, startMs[i], durationMs[i]]);
};

it('lays out bars by tokens, with children in their order within their parent', () => {
  expect(bars('tokens')).toEqual([
    ['agent', 0, 40],
    ['tool', 0, 0],
    ['chat 1', 0, 20],
    ['chat 2', 20, 20],
    ['second root', 40, 20],
  ]);
  expect(measuredLayout(layout, 'tokens').totalMs).toBe(60);
});

it('lays out bars by cost', () => {
  const { totalMs, durationMs } = measuredLayout(layout, 'cost');
  expect(totalMs).toBeCloseTo(0.12);
  expect(durationMs[0]).toBeCloseTo(0.1);
});

it('has a length even without any cost', () => {
  expect(measuredLayout(layoutTrace([spanFixture('a', null, 0, 5)]), 'cost').totalMs).toBe(1);
});
