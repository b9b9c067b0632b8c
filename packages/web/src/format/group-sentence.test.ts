import { expect, it } from 'vitest';
import { type GroupTotals, groupSentence } from './group-sentence.ts';

const totals = (change: Partial<GroupTotals> = {}): GroupTotals => ({
  traceCount: 40,
  failedTraceCount: 0,
  errorCount: 0,
  runningCount: 0,
  costUsd: 0.48,
  unpricedCalls: 0,
  p50DurationMs: 1200,
  ...change,
});

it.each([
  [{}, 'No turn failed. A turn took 1.20 s at the median and cost $0.0120 on average.'],
  [
    { failedTraceCount: 2, errorCount: 7, unpricedCalls: 1, runningCount: 1 },
    '2 of 40 turns failed (7 failed steps). 1 turn is still running. ' +
      'A turn took 1.20 s at the median and cost at least $0.0120 on average.',
  ],
  [{ errorCount: 1, costUsd: null, p50DurationMs: null }, 'No turn failed, despite 1 failed step.'],
  [{ traceCount: 1, failedTraceCount: 1, errorCount: 1 }, 'The turn failed (1 failed step).'],
])('the totals %j are described as %s', (change, sentence) => {
  expect(groupSentence(totals(change), 'turn')).toBe(sentence);
});
