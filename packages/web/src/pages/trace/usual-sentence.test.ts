import { expect, it } from 'vitest';
import { usualSentence } from './usual-sentence.ts';

const others = { traces: 212, p50DurationMs: 3000, costUsd: 12.72, unpricedCalls: 0 };

it.each([
  [
    { durationMs: 4200, costUsd: 0.088 },
    others,
    '1.4 times as long as the median (3.00 s) of 212 traces; cost $0.0880, the others $0.0600 on average.',
  ],
  [{ durationMs: 3010, costUsd: null }, others, 'About as long as the median (3.00 s) of 212 traces.'],
  [
    { durationMs: 1200, costUsd: null },
    { ...others, traces: 1 },
    '40 % as long as the median (3.00 s) of 1 trace.',
  ],
  [
    { durationMs: 60_000, costUsd: 1 },
    { ...others, unpricedCalls: 2 },
    '20 times as long as the median (3.00 s) of 212 traces; cost $1.00, the others at least $0.0600 on average.',
  ],
  [{ durationMs: null, costUsd: null }, others, '212 traces, none with a duration or a cost.'],
])('the trace %j beside %j is described', (trace, summary, sentence) => {
  expect(usualSentence(trace, summary)).toBe(sentence);
});
