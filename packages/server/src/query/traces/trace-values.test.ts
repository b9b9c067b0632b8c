import { parseFilter } from '@throughline/spans';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../contract/timestamps.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { projectScope } from '../project-scope.ts';
import type { FieldValuesOptions } from '../value-counts.ts';
import { traceValues } from './trace-values.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
  const span = (trace: string, at: string, rest: Record<string, unknown> = {}) => ({
    trace_id: trace,
    span_id: `${trace}-${at}`,
    start: `2026-11-20 10:${at}`,
    ...rest,
  });
  await store.insertSpans(
    span('a', '00:00', { model: 'gpt-4o', user_id: 'anna', tags: ['vip', 'eu'] }),
    // The model occurs twice in the trace, which counts once.
    span('a', '00:01', { parent_span_id: 'a-00:00', model: 'gpt-4o', tags: ['vip'] }),
    span('b', '01:00', { model: 'gpt-4o', user_id: 'Anton', status: 'error' }),
    span('c', '02:00', { model: 'claude', user_id: 'berta' }),
    span('z', '00:00', { project: 'other', model: 'secret' }),
  );
});
afterAll(() => store.close());

const values = (options: Partial<FieldValuesOptions>) =>
  traceValues(projectScope(store.engine, 'p'), { field: 'model', prefix: '', limit: 20, ...options });

function filterOf(text: string) {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.filter;
}

describe('the values of a field', () => {
  it('have the number of their traces in the project, most frequent first', async () => {
    expect(await values({})).toEqual({
      values: [
        { value: 'gpt-4o', count: 2 },
        { value: 'claude', count: 1 },
      ],
      more: false,
    });
  });

  it('begin with a prefix in any case', async () => {
    expect((await values({ field: 'user', prefix: 'AN' })).values).toEqual([
      { value: 'Anton', count: 1 },
      { value: 'anna', count: 1 },
    ]);
  });

  it('come from traces that match the filter and started in the range', async () => {
    expect((await values({ filter: filterOf('status:error') })).values).toEqual([
      { value: 'gpt-4o', count: 1 },
    ]);
    const fromNs = parseTimestamp('2026-11-20T10:02:00Z') as bigint;
    expect((await values({ fromNs })).values).toEqual([{ value: 'claude', count: 1 }]);
  });

  it('include the status of traces, and every tag', async () => {
    expect((await values({ field: 'status' })).values).toContainEqual({ value: 'error', count: 1 });
    expect((await values({ field: 'tag' })).values).toEqual([
      { value: 'eu', count: 1 },
      { value: 'vip', count: 1 },
    ]);
  });

  it('are limited, and indicate that there are more', async () => {
    expect(await values({ limit: 1 })).toEqual({ values: [{ value: 'gpt-4o', count: 2 }], more: true });
  });

  it('stop being read if the request is aborted', async () => {
    const signal = AbortSignal.abort();
    await expect(values({ signal })).rejects.toThrow();
  });
});
