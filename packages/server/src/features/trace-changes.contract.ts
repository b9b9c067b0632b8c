import { waitFor } from '@throughline/tests/wait-for';
import { expect, it } from 'vitest';
import { type DeletedSelection, deletedSelection, deletedTraces } from '../contract/trace-deletion.ts';
import { type ChangedTags, changedTags } from '../contract/trace-tags.ts';
import { rawSpan } from '../testing/raw-span.ts';
import type { TestServer } from '../testing/test-server.ts';

const MINUTE_NS = 60_000_000_000n;
const START_NS = 1_795_000_000_000_000_000n;
const FIRST_ID = 256;
const idOf = (number: number) => (FIRST_ID + number).toString(16).padStart(32, '0');

/** A trace of a chain and a model call. Trace n starts n minutes after the first. */
function traceOf(number: number, tags: readonly string[] = []) {
  const startTimeUnixNano = START_NS + BigInt(number) * MINUTE_NS;
  const common = {
    traceId: idOf(number),
    startTimeUnixNano,
    endTimeUnixNano: startTimeUnixNano + 1_000_000n,
  };
  return [
    rawSpan({
      ...common,
      spanId: '1'.repeat(16),
      name: `answer ${number}`,
      attributes: { 'openinference.span.kind': 'CHAIN', ...(tags.length > 0 && { 'tag.tags': [...tags] }) },
    }),
    rawSpan({
      ...common,
      spanId: '2'.repeat(16),
      parentSpanId: '1'.repeat(16),
      name: 'chat',
      attributes: { 'gen_ai.operation.name': 'chat', 'input.value': `question word${number}` },
    }),
  ];
}

/** The tests of tags and deletion, for each kind of store. */
export function describeTraceChanges(serverOf: () => TestServer): void {
  const call = async <Body>(path: string, init: RequestInit = {}): Promise<Body> => {
    const response = await fetch(`${serverOf().url}/api/v1${path}`, init);
    const body = (await response.json()) as Body;
    if (!response.ok) throw new Error(`${response.status} ${JSON.stringify(body)}`);
    return body;
  };
  const post = <Body>(path: string, body: unknown): Promise<Body> =>
    call(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const tag = async (project: string, body: object): Promise<ChangedTags> =>
    changedTags.parse(await post(`/tags?project=${project}`, body));
  const list = async (project: string, q = '') => {
    const { traces } = await call<{ traces: { traceId: string; tags: string[]; givenTags: string[] }[] }>(
      `/traces?project=${project}&sort=startTime&q=${encodeURIComponent(q)}`,
    );
    return traces.map(({ traceId, tags, givenTags }) => ({
      number: Number(`0x${traceId}`) - FIRST_ID,
      tags,
      givenTags,
    }));
  };
  const found = async (project: string, q: string) => (await list(project, q)).map(({ number }) => number);
  const spansWith = async (project: string, q: string) =>
    (await call<{ spans: unknown[] }>(`/spans?project=${project}&q=${encodeURIComponent(q)}`)).spans.length;
  const fill = (project: string, count: number) =>
    serverOf().send(
      project,
      Array.from({ length: count }, (_, number) => traceOf(number, number === 0 ? ['sent'] : [])).flat(),
    );

  it('tags that people give are found like tags that applications send, and can be taken away', async () => {
    await fill('tags', 3);
    await fill('other', 2);
    expect(await tag('tags', { traceIds: [idOf(0), idOf(2)], add: ['vip', 'überprüft'] })).toEqual({
      traces: 2,
    });
    expect(await list('tags', 'tag:vip')).toEqual([
      { number: 0, tags: ['sent', 'vip', 'überprüft'], givenTags: ['vip', 'überprüft'] },
      { number: 2, tags: ['vip', 'überprüft'], givenTags: ['vip', 'überprüft'] },
    ]);
    expect(await found('tags', '-tag:vip')).toEqual([1]);
    expect(await found('tags', 'tag:(sent OR über*)')).toEqual([0, 2]);
    // A given tag counts for each span of its trace.
    expect(await found('tags', 'has(name:chat tag:vip)')).toEqual([0, 2]);
    expect(await spansWith('tags', 'tag:vip')).toBe(4);
    expect(await spansWith('tags', '-tag:*')).toBe(2);
    const values = await call<{ values: unknown[] }>('/traces/values?project=tags&field=tag');
    expect(values.values).toEqual(
      expect.arrayContaining([
        { value: 'vip', count: 2 },
        { value: 'sent', count: 1 },
      ]),
    );
    // The other project has traces with the same ids.
    expect(await found('other', 'tag:vip')).toEqual([]);

    await tag('tags', { traceIds: [idOf(0)], remove: ['vip', 'sent'] });
    expect(await list('tags', 'tag:*')).toEqual([
      { number: 0, tags: ['sent', 'überprüft'], givenTags: ['überprüft'] },
      { number: 2, tags: ['vip', 'überprüft'], givenTags: ['vip', 'überprüft'] },
    ]);
    await tag('tags', { traceIds: [idOf(0)], add: ['vip'] });
    expect(await found('tags', 'tag:vip')).toEqual([0, 2]);
  });

  it('given tags stay when later spans arrive, and are there before the first span', async () => {
    expect(await tag('late', { traceIds: [idOf(7)], add: ['before'] })).toEqual({ traces: 0 });
    const [root, chat] = traceOf(7, ['sent']);
    await serverOf().send('late', [chat as NonNullable<typeof chat>]);
    expect(await list('late')).toEqual([{ number: 7, tags: ['before'], givenTags: ['before'] }]);
    await tag('late', { traceIds: [idOf(7)], add: ['between'] });
    await serverOf().send('late', [root as NonNullable<typeof root>]);
    expect(await list('late')).toEqual([
      { number: 7, tags: ['before', 'between', 'sent'], givenTags: ['before', 'between'] },
    ]);
    // The page of the trace has all its spans, although a change of tags is newer than they are.
    const trace = await call<{ spans: unknown[]; givenTags: string[] }>(`/traces/${idOf(7)}?project=late`);
    expect([trace.spans.length, trace.givenTags]).toEqual([2, ['before', 'between']]);
  });

  it('a deleted trace is gone from every list, search and table, and only from its project', async () => {
    await fill('doomed', 5);
    await fill('kept', 5);
    for (const project of ['doomed', 'kept']) {
      await post(`/scores?project=${project}`, [
        { traceId: idOf(1), name: 'helpful', value: true },
        { traceId: idOf(1), spanId: '2'.repeat(16), name: 'faithful', value: 0.5 },
      ]);
      await waitFor('the scores', async () => {
        const { scores } = await call<{ scores: unknown[] }>(`/scores?project=${project}`);
        return scores.length === 2;
      });
    }
    await tag('doomed', { traceIds: [idOf(1)], add: ['vip'] });

    const dry = await call<DeletedSelection>('/traces?project=doomed&q=word1&dryRun=true', {
      method: 'DELETE',
    });
    expect(dry).toMatchObject({ traces: 1, spans: 2, more: false });
    expect(await found('doomed', '')).toEqual([0, 1, 2, 3, 4]);
    const deleted = await call<DeletedSelection>('/traces?project=doomed&q=word1', { method: 'DELETE' });
    expect(deletedSelection.parse(deleted)).toMatchObject({ traces: 1, spans: 2, more: false });

    expect(await found('doomed', '')).toEqual([0, 2, 3, 4]);
    expect(await found('doomed', 'word1 OR tag:vip OR score.helpful:*')).toEqual([]);
    expect(await spansWith('doomed', `trace:${idOf(1)}`)).toBe(0);
    expect((await call<{ scores: unknown[] }>('/scores?project=doomed')).scores).toEqual([]);
    for (const table of ['spans', 'payloads', 'logs', 'scores', 'score_starts', 'trace_tags', 'traces']) {
      const of = table === 'score_starts' ? '' : ` AND trace_id = '${idOf(1)}'`;
      const rows = await serverOf().engine.query(`SELECT 1 FROM ${table} WHERE project = 'doomed'${of}`);
      expect([table, rows.length]).toEqual([table, 0]);
    }
    expect(await found('kept', 'word1 score.helpful:*')).toEqual([1]);
  });

  it('a filter deletes in steps, and leaves traces that arrived after the first step', async () => {
    await fill('steps', 5);
    const first = await call<DeletedSelection>('/traces?project=steps&q=name:chat&limit=2', {
      method: 'DELETE',
    });
    expect(first).toMatchObject({ traces: 2, more: true });
    await serverOf().send('steps', traceOf(9));
    const rest = `/traces?project=steps&q=name:chat&limit=2&receivedBefore=${first.receivedBefore}`;
    expect(await call(rest, { method: 'DELETE' })).toMatchObject({ traces: 2, spans: 4, more: true });
    expect(await call(rest, { method: 'DELETE' })).toMatchObject({ traces: 1, spans: 2, more: false });
    expect(await found('steps', '')).toEqual([9]);
  });

  it('late spans of a deleted trace are new data', async () => {
    await fill('again', 1);
    expect(deletedTraces.parse(await call(`/traces/${idOf(0)}?project=again`, { method: 'DELETE' }))).toEqual(
      {
        traces: 1,
        spans: 2,
      },
    );
    await expect(call(`/traces/${idOf(0)}?project=again`, { method: 'DELETE' })).rejects.toThrow(
      'trace-not-found',
    );
    await serverOf().send('again', traceOf(0).slice(1));
    const trace = await call<{ spanCount: number; tags: string[] }>(`/traces/${idOf(0)}?project=again`);
    expect(trace).toMatchObject({ spanCount: 1, tags: [] });
  });

  it('ids are deleted at once, and unknown ones are ignored', async () => {
    await fill('ids', 3);
    const deleted = await post('/traces/delete?project=ids', { traceIds: [idOf(0), idOf(2), 'unknown'] });
    expect(deleted).toEqual({ traces: 2, spans: 4 });
    expect(await found('ids', '')).toEqual([1]);
  });

  it.each([
    ['DELETE', '/traces?project=ids', undefined, 'q, from or to is missing'],
    ['DELETE', '/traces?project=ids&q=model:', undefined, 'invalid-filter'],
    ['DELETE', '/traces?project=ids&q=name:chat&limit=1001', undefined, 'limit'],
    ['POST', '/traces/delete?project=ids', { traceIds: [] }, 'traceIds'],
    ['POST', '/tags?project=ids', { traceIds: [idOf(1)] }, 'add or remove'],
    ['POST', '/tags?project=ids', { traceIds: [idOf(1)], add: ['a\nb'] }, 'printable'],
    ['POST', '/tags?project=ids', { traceIds: [idOf(1)], add: ['a'], remove: ['a'] }, 'add and in remove'],
  ])('%s %s %j is refused', async (method, path, body, message) => {
    const sent = body ? post(path, body) : call(path, { method });
    await expect(sent).rejects.toThrow(message);
    expect(await found('ids', '')).toEqual([1]);
  });
}
