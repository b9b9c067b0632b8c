import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ThroughlineError } from '../../errors/errors.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { projectScope } from '../project-scope.ts';
import { listTraces } from '../traces/list-traces.ts';
import { traceVolume } from '../traces/volume.ts';
import { readFilter } from './read-filter.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
  const at = (minute: number, second = 0) =>
    `2026-11-20 10:${String(minute).padStart(2, '0')}:${String(second).padStart(2, '0')}`;
  const rows = [
    {
      trace_id: 'chat',
      span_id: 'r',
      start: at(1),
      name: 'POST /chat',
      service: 'web',
      status: 'ok',
      user_id: 'u_1',
      feature: 'chat',
      tags: ['vip', 'beta'],
      duration_ns: 2_000_000_000,
    },
    {
      trace_id: 'chat',
      span_id: 'l',
      parent_span_id: 'r',
      start: at(1, 1),
      kind: 'llm',
      counted: true,
      model: 'gpt-4o-mini',
      provider: 'openai',
      input_tokens: 900,
      output_tokens: 100,
      cost_usd: '0.03',
      session_id: 's_1',
      environment: 'prod',
    },
    { trace_id: 'chat', span_id: 't', parent_span_id: 'l', start: at(1, 1), kind: 'tool', status: 'error' },
    {
      trace_id: 'search',
      span_id: 'r',
      start: at(2),
      name: 'search',
      status: 'error',
      kind: 'chain',
      duration_ns: 9_000_000_000,
    },
    {
      trace_id: 'search',
      span_id: 'l',
      parent_span_id: 'r',
      start: at(2),
      kind: 'llm',
      counted: true,
      model: 'gpt-4o',
      input_tokens: 10,
    },
    {
      trace_id: 'orphan',
      span_id: 'o',
      parent_span_id: 'gone',
      start: at(3),
      kind: 'llm',
      counted: true,
      status: 'error',
      model: 'claude',
    },
    {
      project: 'other',
      trace_id: 'foreign',
      span_id: 'r',
      start: at(1),
      status: 'error',
      kind: 'llm',
      model: 'gpt-4o',
    },
  ];
  await store.insertSpans(...rows);
  await store.insertSpans(...rows);
  await store.insertPayloads(
    {
      trace_id: 'chat',
      span_id: 'l',
      start: at(1, 1),
      input: { 'input.value': 'Where is my Refund, café?' },
      output: { 'output.value': 'The policy says…' },
    },
    { trace_id: 'search', span_id: 'l', start: at(2), input: { 'input.value': 'refund policy' } },
    {
      project: 'other',
      trace_id: 'orphan',
      span_id: 'o',
      start: at(3),
      input: { 'input.value': 'secret refund' },
    },
  );
});
afterAll(() => store.close());

const scope = () => projectScope(store.engine, 'p');
async function found(
  q: string,
  sort: '-startTime' | 'startTime' | '-costUsd' = '-startTime',
): Promise<string[]> {
  const { traces } = await listTraces(scope(), { filter: readFilter(q), sort, limit: 50, asOfNs: 5n });
  return traces.map((trace) => trace.traceId);
}

describe('a filter finds traces', () => {
  it.each([
    ['', ['orphan', 'search', 'chat']],
    ['kind:tool', ['chat']],
    ['name:"POST /chat"', ['chat']],
    ['name:POST*', ['chat']],
    ['model:gpt-4o', ['search']],
    ['model:gpt-4o*', ['search', 'chat']],
    ['provider:openai service:web', ['chat']],
    ['user:u_1 session:s_1 feature:chat env:prod tag:vip', ['chat']],
    ['tag:be*', ['chat']],
    ['tag:be', []],
    ['status:ok', ['chat']],
    ['status:error', ['orphan', 'search']],
    ['status:error model:gpt*', ['search']],
    ['cost>0.02', ['chat']],
    ['cost<1', ['chat']],
    ['durationMs>5000', ['search']],
    ['tokens>=1000', ['chat']],
    ['tokens<1000', ['search']],
    ['refund', ['search', 'chat']],
    ['REFUND', ['search', 'chat']],
    ['"refund policy"', ['search']],
    ['refund policy', ['search', 'chat']],
    ['café', ['chat']],
    ['fund', []],
    ['"?!"', []],
    ['user:"\' OR 1 --"', []],
    ['kind:llm kind:tool', ['chat']],
  ])('%s', async (q, ids) => {
    expect(await found(q)).toEqual(ids);
  });

  it('the filter applies in every sort order and in the summary', async () => {
    expect(await found('model:gpt-4o*', 'startTime')).toEqual(['chat', 'search']);
    expect(await found('kind:llm', '-costUsd')).toEqual(['chat', 'search', 'orphan']);
    expect(await traceVolume(scope(), { buckets: 10, filter: readFilter('status:error') })).toMatchObject({
      traces: 2,
      errors: 2,
    });
  });
});

it('the error of an invalid filter has the position and lists the known fields', () => {
  expect(() => readFilter('kind:llm colour:red')).toThrow(ThroughlineError);
  expect(() => readFilter('kind:llm colour:red')).toThrow(
    /position 9: There is no field "colour".*kind, name/,
  );
});
