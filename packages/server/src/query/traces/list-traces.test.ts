import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../contract/timestamps.ts';
import { TRACE_SORTS, type TraceSort, traceList } from '../../contract/trace.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { projectScope } from '../project-scope.ts';
import { type ListTracesOptions, listTraces } from './list-traces.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

/** Rows of the store have version 1. */
const AS_OF_NS = 5n;

const list = (project: string, options: Partial<ListTracesOptions> = {}) =>
  listTraces(projectScope(store.engine, project), {
    sort: '-startTime',
    limit: 50,
    asOfNs: AS_OF_NS,
    ...options,
  });

async function allPages(project: string, options: Partial<ListTracesOptions>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < 200; page += 1) {
    const { traces, nextCursor } = await list(project, { ...options, cursor });
    ids.push(...traces.map((trace) => trace.traceId));
    if (nextCursor === null) return ids;
    cursor = nextCursor;
  }
  throw new Error('the pages do not end');
}

async function one(project: string) {
  const { traces } = await list(project);
  expect(traces).toHaveLength(1);
  return traces[0];
}

describe('a summary', () => {
  it('sums each counted span once, and has the name, status and service of the root', async () => {
    // root 0–4 s ─┬─ agent (repeats the sums of its children)
    //             ├─ llm gpt-4o         $0.02
    //             ├─ llm claude         $0.03
    //             └─ embedding, no price
    await store.insertSpans(
      {
        project: 'sums',
        trace_id: 't',
        span_id: 'root',
        name: 'answer',
        kind: 'chain',
        status: 'ok',
        service: 'web',
        duration_ns: 4_000_000_000,
        user_id: 'u1',
        session_id: 's1',
        feature: 'chat',
        environment: 'production',
        tags: ['b', 'a'],
      },
      {
        project: 'sums',
        trace_id: 't',
        span_id: 'agent',
        parent_span_id: 'root',
        kind: 'agent',
        service: 'api',
        status: 'error',
        input_tokens: 1111,
        output_tokens: 99,
        cost_usd: '9.99',
        user_id: 'u2',
        tags: ['c'],
      },
      {
        project: 'sums',
        trace_id: 't',
        span_id: 'llm1',
        parent_span_id: 'root',
        kind: 'llm',
        counted: true,
        model: 'gpt-4o',
        start: '2026-11-20 10:00:01.000000001',
        input_tokens: 1000,
        output_tokens: 50,
        cost_usd: '0.020000000001',
      },
      {
        project: 'sums',
        trace_id: 't',
        span_id: 'llm2',
        parent_span_id: 'root',
        kind: 'llm',
        counted: true,
        model: 'claude',
        input_tokens: 100,
        output_tokens: 40,
        cost_usd: '0.03',
      },
      {
        project: 'sums',
        trace_id: 't',
        span_id: 'emb',
        parent_span_id: 'root',
        kind: 'embedding',
        counted: true,
        model: 'ada',
        input_tokens: 11,
      },
    );
    expect(await one('sums')).toEqual({
      traceId: 't',
      name: 'answer',
      startTime: '2026-11-20T10:00:00.000000000Z',
      durationMs: 4000,
      running: false,
      status: 'ok',
      spanCount: 5,
      errorCount: 1,
      inputTokens: 1111,
      outputTokens: 90,
      costUsd: 0.050000000001,
      costIncomplete: true,
      unpricedCalls: 1,
      unpricedModels: ['ada'],
      models: ['claude', 'gpt-4o', 'ada'],
      services: ['web', 'api'],
      environment: 'production',
      userId: 'u1',
      sessionId: 's1',
      feature: 'chat',
      tags: ['a', 'b', 'c'],
      givenTags: [],
      inputPreview: null,
      outputPreview: null,
      scores: [],
      columns: {},
      match: null,
    });
  });

  it('has null for values that no span reported', async () => {
    await store.insertSpans({ project: 'absent', trace_id: 't', span_id: 'a', kind: 'llm', counted: true });
    expect(await one('absent')).toMatchObject({
      inputTokens: null,
      outputTokens: null,
      costUsd: null,
      costIncomplete: false,
      models: [],
      services: [],
      environment: null,
      userId: null,
      sessionId: null,
      feature: null,
      tags: [],
    });
  });

  it('has no duration while no span has ended, and then lasts until the last end', async () => {
    const child = { project: 'running', span_id: 'b', parent_span_id: 'a' };
    await store.insertSpans(
      { project: 'running', trace_id: 'nothing ended', span_id: 'a', duration_ns: null },
      { project: 'running', trace_id: 'root open', span_id: 'a', duration_ns: null },
      { ...child, trace_id: 'root open', duration_ns: 5_000_000 },
      { project: 'running', trace_id: 'child open', span_id: 'a', duration_ns: 3_000_000 },
      { ...child, trace_id: 'child open', duration_ns: null },
      { ...child, trace_id: 'no root', duration_ns: 1_000_000 },
      { ...child, trace_id: 'no root, open', duration_ns: null },
    );
    const { traces } = await list('running');
    const found = traces.map(({ traceId, durationMs, running }) => [traceId, durationMs, running]);
    expect(found.toSorted()).toEqual([
      ['child open', 3, false],
      ['no root, open', null, true],
      ['no root', 1, false],
      ['nothing ended', null, true],
      ['root open', 5, true],
    ]);
  });

  it('a trace without a root has the name of its earliest span, and is failed if any span failed', async () => {
    await store.insertSpans(
      {
        project: 'orphans',
        trace_id: 't',
        span_id: 'b',
        parent_span_id: 'gone',
        name: 'later',
        start: '2026-11-20 10:00:02',
        status: 'error',
      },
      {
        project: 'orphans',
        trace_id: 't',
        span_id: 'a',
        parent_span_id: 'gone',
        name: 'first',
        status: 'ok',
      },
    );
    expect(await one('orphans')).toMatchObject({
      name: 'first',
      status: 'error',
      spanCount: 2,
      errorCount: 1,
    });
  });

  it('counts a span that was sent twice once, in its latest version, even if its start moved', async () => {
    const span = { project: 'twice', trace_id: 't', span_id: 'a', kind: 'llm', counted: true };
    await store.insertSpans({ ...span, name: 'early', duration_ns: null, version: 1 });
    await store.insertSpans({ ...span, name: 'early', input_tokens: 10, cost_usd: '0.1', version: 1 });
    await store.insertSpans({
      ...span,
      name: 'late',
      start: '2026-11-20 10:07:00',
      input_tokens: 20,
      cost_usd: '0.2',
      version: 2,
    });
    expect(await one('twice')).toMatchObject({
      name: 'late',
      startTime: '2026-11-20T10:07:00.000000000Z',
      spanCount: 1,
      inputTokens: 20,
      costUsd: 0.2,
    });
  });

  it('has previews of the root, otherwise the input of the first call and the output of the last', async () => {
    const at = (second: number) => `2026-11-20 10:00:0${second}`;
    await store.insertSpans(
      { project: 'previews', trace_id: 'full', span_id: 'root' },
      { project: 'previews', trace_id: 'half', span_id: 'root' },
      {
        project: 'previews',
        trace_id: 'half',
        span_id: 'llm1',
        parent_span_id: 'root',
        kind: 'llm',
        start: at(1),
      },
      {
        project: 'previews',
        trace_id: 'half',
        span_id: 'llm2',
        parent_span_id: 'root',
        kind: 'llm',
        start: at(2),
      },
    );
    await store.insertPayloads(
      { project: 'previews', trace_id: 'full', span_id: 'root', input_preview: 'old', output_preview: 'old' },
      {
        project: 'previews',
        trace_id: 'half',
        span_id: 'llm1',
        start: at(1),
        input_preview: 'in 1',
        output_preview: 'out 1',
      },
      {
        project: 'previews',
        trace_id: 'half',
        span_id: 'llm2',
        start: at(2),
        input_preview: 'in 2',
        output_preview: 'out 2',
      },
    );
    await store.insertPayloads(
      {
        project: 'previews',
        trace_id: 'full',
        span_id: 'root',
        input_preview: 'hi',
        output_preview: 'yo',
        version: 2,
      },
      {
        project: 'other',
        trace_id: 'half',
        span_id: 'root',
        input_preview: 'not ours',
        output_preview: 'not ours',
      },
    );
    const { traces } = await list('previews');
    expect(traces.map((trace) => [trace.traceId, trace.inputPreview, trace.outputPreview])).toEqual([
      ['half', 'in 1', 'out 2'],
      ['full', 'hi', 'yo'],
    ]);
  });
});

describe('a list', () => {
  // Trace n starts at second n and takes 10 s. Every third has no root, and every tenth takes two hours.
  const COUNT = 60;
  const id = (n: number) => `trace-${String(n).padStart(3, '0')}`;
  beforeAll(async () => {
    const rows = Array.from({ length: COUNT }, (_, n) => {
      const second = (offset: number) =>
        new Date(Date.UTC(2026, 10, 20, 8, 0, n * 7 + offset)).toISOString().replace('T', ' ').slice(0, 19);
      const common = { project: 'many', trace_id: id(n), counted: true, kind: 'llm' };
      return [
        {
          ...common,
          span_id: 'a',
          parent_span_id: n % 3 === 0 ? 'gone' : '',
          start: second(0),
          duration_ns: 10_000_000_000 + n,
        },
        {
          ...common,
          span_id: 'b',
          parent_span_id: 'a',
          start: second(5),
          input_tokens: n % 7,
          output_tokens: 1,
          cost_usd: n % 5 === 0 ? null : `0.0${n % 10}1`,
        },
        ...(n % 10 === 0 ? [{ ...common, span_id: 'c', parent_span_id: 'a', start: second(7200) }] : []),
      ];
    });
    await store.insertSpans(...rows.flat());
    // Insert the same rows again; they are not merged yet.
    await store.insertSpans(...rows.flat());
    await store.insertSpans({
      project: 'elsewhere',
      trace_id: id(3),
      span_id: 'x',
      cost_usd: '5',
      counted: true,
    });
  });
  const newestFirst = Array.from({ length: COUNT }, (_, n) => id(COUNT - 1 - n));

  it.each([7, 50, 500])('pages through every trace once, newest first, %d at a time', async (limit) => {
    expect(await allPages('many', { limit })).toEqual(newestFirst);
  });

  it('pages oldest first as well', async () => {
    expect(await allPages('many', { sort: 'startTime', limit: 9 })).toEqual([...newestFirst].reverse());
  });

  it.each(TRACE_SORTS)('sorted by %s contains every trace once over all pages', async (sort) => {
    const ids = await allPages('many', { sort, limit: 11 });
    expect([...ids].sort()).toEqual([...newestFirst].sort());
  });

  it.each([
    ['-costUsd', 'costUsd'],
    ['-durationMs', 'durationMs'],
    ['-inputTokens', 'inputTokens'],
    ['-spanCount', 'spanCount'],
  ] as const)('sorted by %s has the highest values first and absent ones last', async (sort, measure) => {
    const { traces } = await list('many', { sort, limit: 500 });
    const figures = traces.map((trace) => trace[measure] ?? -1);
    expect(figures).toEqual([...figures].sort((a, b) => b - a));
    expect(new Set(figures).size).toBeGreaterThan(1);
  });

  it('contains the traces that started in the range: from inclusive, to exclusive', async () => {
    const ns = (text: string) => parseTimestamp(text) as bigint;
    for (const sort of ['-startTime', '-spanCount'] as const) {
      const { traces } = await list('many', {
        sort,
        fromNs: ns('2026-11-20T08:00:14Z'),
        toNs: ns('2026-11-20T08:00:35Z'),
      });
      expect(traces.map((trace) => trace.traceId).sort()).toEqual([id(2), id(3), id(4)]);
    }
  });

  it('does not change when traces arrive between two pages', async () => {
    const project = 'arriving';
    const rows = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) => ({
        project,
        trace_id: id(from + n),
        span_id: 'a',
        start: `2026-11-20 09:00:${String(from + n).padStart(2, '0')}`,
      }));
    await store.insertSpans(...rows(0, 10));
    const first = await list(project, { limit: 5 });
    await store.insertSpans(...rows(10, 15));
    const second = await list(project, { limit: 5, cursor: first.nextCursor ?? undefined });
    expect([...first.traces, ...second.traces].map((trace) => trace.traceId)).toEqual(
      Array.from({ length: 10 }, (_, n) => id(9 - n)),
    );
    expect(second.nextCursor).toBeNull();
  });

  it('finds traces that are years apart, in the past and in the future', async () => {
    const starts = ['1970-01-02', '2001-05-05', '2026-11-20', '2026-11-21', '2200-01-01'];
    await store.insertSpans(
      ...starts.map((day) => ({ project: 'sparse', trace_id: day, span_id: 'a', start: `${day} 00:00:00` })),
    );
    expect(await allPages('sparse', { limit: 2 })).toEqual([...starts].reverse());
    expect(await allPages('sparse', { limit: 2, sort: 'startTime' })).toEqual(starts);
  });

  it('lists traces that began in the same nanosecond once, by id', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => id(n));
    await store.insertSpans(...ids.map((trace_id) => ({ project: 'same', trace_id, span_id: 'a' })));
    expect(await allPages('same', { limit: 4 })).toEqual([...ids].reverse());
  });

  it('lists a trace that spans all its neighbours once, by its start', async () => {
    const minute = (n: number) =>
      `2026-11-20 ${String(9 + Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}:00`;
    const long = Array.from({ length: 120 }, (_, n) => ({
      project: 'long',
      trace_id: 'long',
      span_id: `s${n}`,
      start: minute(n),
    }));
    const short = Array.from({ length: 40 }, (_, n) => ({
      project: 'long',
      trace_id: `short-${String(n).padStart(2, '0')}`,
      span_id: 'a',
      start: minute(n * 3 + 1),
    }));
    await store.insertSpans(...long, ...short);
    const ids = await allPages('long', { limit: 3 });
    expect(ids).toEqual([...short.map((row) => row.trace_id).reverse(), 'long']);
  });

  it('returns the format of the API', async () => {
    expect(() => traceList.parse({ ...structuredClone({ traces: [], nextCursor: null }) })).not.toThrow();
    expect(traceList.parse(await list('many'))).toEqual(await list('many'));
  });

  it('is empty for a project without spans', async () => {
    expect(await list("nobody's '; DROP TABLE spans")).toEqual({ traces: [], nextCursor: null });
  });

  it.each(['', 'x', 'bnVsbA', Buffer.from('["-startTime","1; DROP","t"]').toString('base64url')])(
    'rejects the cursor %j',
    async (cursor) => {
      await expect(list('many', { cursor })).rejects.toThrow(ThroughlineError);
    },
  );

  it('rejects a cursor of a different sort order', async () => {
    const { nextCursor } = await list('many', { limit: 1 });
    await expect(list('many', { sort: '-costUsd', cursor: nextCursor ?? '' })).rejects.toThrow(
      /sort=-startTime/,
    );
  });
});

describe('attributes as columns of traces', () => {
  it('are those of the root, or of the earliest span that has them', async () => {
    const span = (id: string, rest: Record<string, unknown>) => ({
      project: 'columns',
      trace_id: 't1',
      span_id: id,
      parent_span_id: 'root',
      ...rest,
    });
    await store.insertSpans(
      span('root', { parent_span_id: '', start: '2026-11-20 10:00:05', attributes: { tier: 'gold' } }),
      span('a', { start: '2026-11-20 10:00:00', attributes: { tier: 'free', plan: 'late' } }),
      span('b', { start: '2026-11-20 10:03:00', attributes: { plan: 'later' } }),
      span('c', { trace_id: 't2', parent_span_id: '', start: '2026-11-20 11:00:00' }),
    );
    await store.insertSpans(
      span('a', { start: '2026-11-20 10:00:00', version: 2, attributes: { plan: 'newer' } }),
    );
    const { traces } = await list('columns', { columns: ['tier', 'plan', 'none'] });
    expect(traces.map(({ traceId, columns }) => [traceId, columns])).toEqual([
      ['t2', { 'attr.tier': null, 'attr.plan': null, 'attr.none': null }],
      ['t1', { 'attr.tier': 'gold', 'attr.plan': 'newer', 'attr.none': null }],
    ]);
  });
});

describe('the sort orders of traces', () => {
  it('have traces without a value last, in both directions, and pages do not overlap', async () => {
    await store.insertSpans(
      ...[null, '0.3', '0.1', null, '0.2'].map((cost_usd, index) => ({
        project: 'orders',
        trace_id: `t${index}`,
        span_id: 's',
        counted: true,
        cost_usd,
        status: index === 2 ? 'error' : 'ok',
      })),
    );
    const idsBy = (sort: TraceSort) => allPages('orders', { sort, limit: 2 });
    expect(await idsBy('-costUsd')).toEqual(['t1', 't4', 't2', 't3', 't0']);
    expect(await idsBy('costUsd')).toEqual(['t2', 't4', 't1', 't0', 't3']);
    expect(await idsBy('-errorCount')).toEqual(['t2', 't4', 't3', 't1', 't0']);
    expect(await idsBy('errorCount')).toEqual(['t0', 't1', 't3', 't4', 't2']);
  });
});

describe('orders by text and by score', () => {
  const named = (id: string, name: string, more: Record<string, unknown> = {}) => ({
    project: 'texts',
    trace_id: id,
    span_id: 'root',
    name,
    ...more,
  });
  beforeAll(async () => {
    await store.insertSpans(
      named('t1', 'beta', { user_id: 'u2', model: 'm2', service: 'b' }),
      named('t2', 'Alpha', { user_id: '', session_id: 's1' }),
      named('t3', 'alpha', { user_id: 'u1', model: 'm1', environment: 'live' }),
      named('t4', 'émile', { user_id: '\u{1F600}', status: 'error', feature: 'chat' }),
      named('t5', 'x'.repeat(1000), { user_id: '' }),
    );
    const scores = [
      ['t1', '', 'quality', 0.5, 1],
      ['t1', 'root', 'quality', 0.9, 2],
      ['t2', 'root', 'quality', 0.25, 1],
      ['t3', '', 'quality', 0.75, 1],
      ['t3', '', 'other', 99, 1],
      ['t4', '', 'quality', null, 1],
    ] as const;
    await store.engine.command(
      `INSERT INTO scores (project, id, trace_id, span_id, name, value_type, number, version) VALUES ${scores
        .map(
          ([trace, span, name, number, version], index) =>
            `('texts', 'id${index}', '${trace}', '${span}', '${name}', 'number', ${number}, ${version})`,
        )
        .join(', ')}`,
    );
  });
  const by = (sort: TraceSort) => allPages('texts', { sort, limit: 2 });

  it.each([
    ['name', 't2 t3 t1 t5 t4'],
    ['-name', 't4 t5 t1 t3 t2'],
    ['userId', 't3 t1 t4 t2 t5'],
    ['-userId', 't4 t1 t3 t5 t2'],
    ['model', 't3 t1 t2 t4 t5'],
    ['-status', 't5 t3 t2 t1 t4'],
    ['score.quality', 't2 t1 t3 t4 t5'],
    ['-score.quality', 't3 t1 t2 t5 t4'],
    ['-score.unknown', 't5 t4 t3 t2 t1'],
  ] as const)('%s lists %s, whatever the size of the pages', async (sort, expected) => {
    expect((await by(sort)).join(' ')).toBe(expected);
  });

  it('a cursor with another type of value is refused', async () => {
    const cursor = (sort: string, value: string) =>
      Buffer.from(JSON.stringify([sort, value, 't1'])).toString('base64url');
    for (const [sort, value] of [
      ['name', 'x'.repeat(1001)],
      ['name', '\uD800'],
      ['score.quality', 'abc'],
      ['score.quality', '1; DROP TABLE traces'],
      ['-costUsd', 'text'],
    ] as const)
      await expect(list('texts', { sort, cursor: cursor(sort, value) }), value).rejects.toThrow(
        'not issued by this server',
      );
    expect((await list('texts', { sort: 'name', cursor: cursor('name', "'; DROP") })).traces).toHaveLength(5);
  });
});
