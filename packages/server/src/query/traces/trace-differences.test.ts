import { parseFilter } from '@throughline/spans';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TraceDifference } from '../../contract/trace-distribution.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { projectScope } from '../project-scope.ts';
import { listTraces } from './list-traces.ts';
import { type TraceDifferencesOptions, traceDifferences } from './trace-differences.ts';

/** 50 slow traces among 500. All slow ones use model `slow-model`, half of them in the region `eu`, and ask for refunds. */
const COUNT = 500;
const isSlow = (index: number) => index % 10 === 0;

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
  const traces = Array.from({ length: COUNT }, (_, index) => {
    const id = { trace_id: `t${index}`, span_id: `s${index}` };
    return { ...id, start: `2026-11-20 10:00:${String(index % 60).padStart(2, '0')}` };
  });
  await store.insertSpans(
    ...traces.map((trace, index) => ({
      ...trace,
      name: 'answer',
      kind: 'llm',
      model: isSlow(index) || index % 10 === 1 ? 'slow-model' : 'fast-model',
      user_id: `u${index % 47}`,
      duration_ns: isSlow(index) ? 5e9 : 2e8,
      input_tokens: isSlow(index) ? 9000 : 100 + (index % 7),
      counted: true,
      // A single trace has a value that no other trace has.
      tags: index === 0 ? ['only-here'] : [],
      attributes: { region: isSlow(index) && index % 20 === 0 ? 'eu' : 'us', 'request.id': `r${index}` },
    })),
  );
  await store.insertPayloads(
    ...traces.map((trace, index) => ({
      ...trace,
      input_preview: isSlow(index) ? 'I want a REFUND for my order' : 'Where is my order?',
      output_preview: 'Here.',
    })),
  );
});
afterAll(() => store.close());

const filterOf = (text: string) => {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.filter;
};
const compare = (options: Partial<TraceDifferencesOptions> = {}) =>
  traceDifferences(projectScope(store.engine, 'p'), {
    selected: { filter: filterOf('latency>=2s') },
    limit: 40,
    ...options,
  });
const named = (differences: readonly TraceDifference[], filter: string) =>
  differences.find((difference) => difference.filter === filter);

describe('the differences of selected traces', () => {
  it('are the values whose shares differ most, with their counts', async () => {
    const found = await compare();
    expect(found).toMatchObject({ selected: 50, rest: 450, sampled: null, contentSampled: null });
    expect(named(found.differences, 'model:slow-model')).toMatchObject({
      kind: 'field',
      selectedCount: 50,
      restCount: 50,
      selectedShare: 1,
      restShare: 50 / 450,
      significant: true,
    });
    expect(named(found.differences, 'attr.region:eu')).toMatchObject({
      kind: 'attribute',
      selectedCount: 25,
      restCount: 0,
      significant: true,
    });
    expect(named(found.differences, 'refund')).toMatchObject({
      kind: 'word',
      name: 'text',
      selectedCount: 50,
      restCount: 0,
      significant: true,
    });
    // Three quarters of the other traces have at most 105 tokens.
    expect(named(found.differences, 'tokens>=105')).toMatchObject({
      kind: 'measure',
      selectedCount: 50,
      significant: true,
    });
    expect(found.differences[0]?.score).toBeCloseTo(
      Math.max(...found.differences.map(({ score }) => score)),
      6,
    );
  });

  it('do not include what the selection says, what all traces have, or single traces', async () => {
    const { differences } = await compare();
    expect(differences.filter(({ name }) => name === 'latency')).toEqual([]);
    expect(named(differences, 'name:answer')).toBeUndefined();
    expect(differences.filter(({ value }) => value === 'only-here' || /^r\d+$/.test(value))).toEqual([]);
  });

  it('mark what can be a coincidence, and sort it after what cannot', async () => {
    const { differences } = await compare({ limit: 200 });
    const users = differences.filter(({ name }) => name === 'user');
    // Each of 47 users has about one of the slow traces.
    expect(users.length).toBeGreaterThan(0);
    expect(users.filter(({ significant }) => significant)).toEqual([]);
    const flags = differences.map(({ significant }) => significant);
    expect(flags).toEqual(flags.toSorted((a, b) => Number(b) - Number(a)));
  });

  it('can be compared by time, within a filter', async () => {
    const second = 1_000_000_000n;
    const from = BigInt(Date.UTC(2026, 10, 20, 10)) * 1_000_000n;
    const found = await compare({
      filter: filterOf('model:fast-model'),
      selected: { fromNs: from, toNs: from + 30n * second },
    });
    expect(found).toMatchObject({ selected: 208, rest: 192 });
    expect(found.differences.filter(({ significant }) => significant)).toEqual([]);
  });

  it('are empty if one group is empty', async () => {
    const none = await compare({ selected: { filter: filterOf('latency>1h') } });
    expect(none).toMatchObject({ selected: 0, rest: COUNT, compared: 0, differences: [] });
    const all = await compare({ selected: {} });
    expect(all).toMatchObject({ selected: COUNT, rest: 0, differences: [] });
  });

  it('have filters that find the counted traces', async () => {
    const { differences } = await compare();
    const checked = differences.filter(({ kind, significant }) => significant && kind !== 'word');
    expect(checked.length).toBeGreaterThan(2);
    for (const { filter, selectedCount, restCount } of checked) {
      const { traces } = await listTraces(projectScope(store.engine, 'p'), {
        filter: filterOf(filter),
        sort: '-startTime',
        limit: COUNT,
        asOfNs: 2n ** 62n,
      });
      expect([filter, traces.length]).toEqual([filter, selectedCount + restCount]);
    }
  });

  it('many traces are compared by samples, and the response says so', async () => {
    const large = Array.from({ length: 3000 }, (_, index) => ({
      project: 'large',
      trace_id: `t${index}`,
      span_id: 's',
      model: index < 1500 ? 'a' : 'b',
      duration_ns: index < 1500 ? 5e9 : 1e8,
      attributes: { half: index < 1500 ? 'first' : 'second' },
    }));
    await store.insertSpans(...large);
    const found = await traceDifferences(projectScope(store.engine, 'large'), {
      selected: { filter: filterOf('latency>=2s') },
      limit: 40,
    });
    expect(found).toMatchObject({ selected: 1500, rest: 1500, sampled: null });
    // 500 of 1,500 on average
    expect(found.contentSampled?.selected).toBeGreaterThan(400);
    expect(found.contentSampled?.selected).toBeLessThan(600);
    expect(named(found.differences, 'attr.half:first')).toMatchObject({
      selectedShare: 1,
      restShare: 0,
      significant: true,
    });
  });
});
