import { expect, it } from 'vitest';
import type { MetricsResult, MetricsRow } from '../../api/types.ts';
import { type ChangeInputs, changesOf } from './changes.ts';

interface Numbers {
  readonly totals?: MetricsRow;
  readonly groups?: readonly MetricsRow[];
}

function result(now: Numbers, before: Numbers, unpricedModels: readonly string[] = []): MetricsResult {
  const period = ({ totals = {}, groups = [] }: Numbers) => ({
    from: '',
    to: '',
    rows: [],
    groups: [...groups],
    other: null,
    totals,
    unpricedCalls: unpricedModels.length,
    unpricedModels: [...unpricedModels],
  });
  return {
    columns: [],
    grain: null,
    times: [],
    incomplete: unpricedModels.length > 0,
    ...period(now),
    previous: { ...period(before), times: [] },
  };
}

const INPUTS: ChangeInputs = {
  by: 'feature',
  traces: result(
    { totals: { 'count.sum': 200, 'failed.sum': 20, 'errorRate.ratio': 0.1, 'durationMs.p95': 3000 } },
    { totals: { 'count.sum': 100, 'failed.sum': 4, 'errorRate.ratio': 0.04, 'durationMs.p95': 2990 } },
  ),
  costs: result(
    {
      totals: { 'cost.sum': 10 },
      groups: [
        { feature: 'search', 'cost.sum': 6 },
        { feature: 'chat', 'cost.sum': 4 },
      ],
    },
    {
      totals: { 'cost.sum': 8 },
      groups: [
        { feature: 'search', 'cost.sum': 6.5 },
        { feature: 'chat', 'cost.sum': 1.5 },
      ],
    },
    ['ours'],
  ),
  models: result({ groups: [{ model: 'o3' }, { model: 'gpt-5' }] }, { groups: [{ model: 'o3' }] }),
  errors: result(
    {
      groups: [
        { error: null, 'failed.sum': 9 },
        { error: 'RateLimitError', 'failed.sum': 6 },
      ],
    },
    { groups: [{ error: 'RateLimitError', 'failed.sum': 3 }] },
  ),
};

const sentences = (inputs: ChangeInputs) =>
  changesOf(inputs).map(({ subject, text }) => `${subject} ${text}`);

it('says what was spent, what failed and what is new, each compared with the previous period', () => {
  expect(sentences(INPUTS)).toEqual([
    '≥ $10.0 spent, 25 % more than before ($8.00)',
    'search makes 60 % of the cost, the most of all by feature ($6.00)',
    'chat costs $2.50 more than before (+167 %), the largest increase',
    '10 % of the traces failed: 20 of 200, up from 4.0 %',
    'RateLimitError is the most frequent error: 6 spans, 100 % more than before (3)',
    '3.00 s is the 95th percentile of the duration of a trace, about as before (2.99 s)',
    'gpt-5 was not used in the previous period',
    '≥ The cost is a lower bound: 1 call has no known price (ours)',
  ]);
});

it('leaves out what has no data, and does not call everything new after a period without data', () => {
  const empty = result({}, {});
  const inputs = {
    by: 'feature',
    traces: empty,
    costs: empty,
    errors: empty,
    models: result({ groups: [{ model: 'o3' }] }, {}),
  };
  expect(sentences(inputs)).toEqual([]);
});

it('leads to the rows of a group', () => {
  const { target } = changesOf(INPUTS).find(({ id }) => id === 'increase') ?? {};
  expect(target).toEqual({
    type: 'rows',
    of: 'spans',
    measure: 'cost.sum',
    by: ['feature'],
    row: { feature: 'chat', 'cost.sum': 4 },
  });
});
