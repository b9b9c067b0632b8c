import { parseFilter } from '@throughline/spans';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ListedSpan } from '../../contract/span-list.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { parseColumns } from '../attribute-columns.ts';
import { projectScope } from '../project-scope.ts';
import { type ListSpansOptions, listSpans } from './list-spans.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

function list(project: string, options: Partial<ListSpansOptions> = {}) {
  const scope = projectScope(store.engine, project);
  return listSpans(scope, { sort: '-startTime', limit: 100, columns: [], ...options });
}

async function listAll(project: string, options: Partial<ListSpansOptions> = {}): Promise<ListedSpan[]> {
  const spans: ListedSpan[] = [];
  for (let cursor: string | undefined, page = 0; page === 0 || cursor !== undefined; page += 1) {
    const found = await list(project, { ...options, ...(cursor !== undefined && { cursor }) });
    spans.push(...found.spans);
    cursor = found.nextCursor ?? undefined;
  }
  return spans;
}

const filterOf = (text: string) => {
  const parsed = parseFilter(text, { of: 'span' });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.filter;
};
const idsOf = (spans: readonly ListedSpan[]) => spans.map(({ spanId }) => spanId);
const at = (minute: number) => `2026-11-20 10:${String(minute).padStart(2, '0')}:00`;

describe('the list of spans', () => {
  it('has one row per span, with previews, scores and attributes as columns', async () => {
    const span = { project: 'rows', trace_id: 't', start: at(1) };
    await store.insertSpans(
      { ...span, span_id: 'root', kind: 'agent', name: 'answer' },
      {
        ...span,
        span_id: 'call',
        parent_span_id: 'root',
        kind: 'llm',
        name: 'chat',
        model: 'gpt-4o',
        input_tokens: 120,
        output_tokens: 8,
        cost_usd: '0.00038',
        ttft_ns: 250_000_000,
        finish_reasons: ['stop'],
        attributes: { 'customer.tier': 'gold', plan: '' },
        start: at(2),
      },
    );
    await store.insertPayloads({
      ...span,
      span_id: 'call',
      start: at(2),
      input_preview: 'Where is my order?',
      output_preview: 'On its way.',
    });
    await store.engine.command(
      `INSERT INTO scores FORMAT JSONEachRow\n${JSON.stringify({
        project: 'rows',
        id: 's1',
        trace_id: 't',
        span_id: 'call',
        name: 'helpful',
        value_type: 'boolean',
        number: 1,
        created: at(3),
        version: 1,
      })}\n`,
    );
    const { spans, nextCursor } = await list('rows', {
      columns: parseColumns('attr.customer.tier,attr.plan,attr.no\\,ne'),
    });
    expect(nextCursor).toBeNull();
    expect(idsOf(spans)).toEqual(['call', 'root']);
    expect(spans[0]).toMatchObject({
      traceId: 't',
      kind: 'llm',
      startTime: '2026-11-20T10:02:00.000000000Z',
      durationMs: 1,
      model: 'gpt-4o',
      inputTokens: 120,
      costUsd: 0.00038,
      ttftMs: 250,
      finishReasons: ['stop'],
      environment: null,
      inputPreview: 'Where is my order?',
      outputPreview: 'On its way.',
      scores: [{ name: 'helpful', value: true, spanId: 'call' }],
      columns: { 'attr.customer.tier': 'gold', 'attr.plan': null, 'attr.no,ne': null },
    });
    expect(spans[1]).toMatchObject({ inputPreview: null, scores: [], costUsd: null });
  });

  it('lists a span that was sent again once, in its latest version', async () => {
    const span = { project: 'again', trace_id: 't', span_id: 'a', start: at(1) };
    await store.insertSpans({ ...span, name: 'first', cost_usd: '9', version: 1 });
    await store.insertSpans({ ...span, name: 'second', cost_usd: '1', version: 2 });
    await store.insertSpans({ ...span, span_id: 'b', cost_usd: '5' });
    for (const limit of [1, 2, 3]) {
      const byCost = await listAll('again', { sort: '-costUsd', limit });
      expect(byCost.map(({ name, costUsd }) => [name, costUsd])).toEqual([
        ['span', 5],
        ['second', 1],
      ]);
      expect(idsOf(await listAll('again', { sort: 'startTime', limit }))).toEqual(['a', 'b']);
    }
    expect(await listAll('again', { filter: filterOf('name:first') })).toEqual([]);
  });

  it('lists every span exactly once while other spans arrive between the pages', async () => {
    const span = (number: number) => ({
      project: 'arriving',
      trace_id: `t${number % 7}`,
      span_id: `s${String(number).padStart(3, '0')}`,
      start: at(number % 9),
      cost_usd: number % 3 === 0 ? null : `0.0${number % 10}`,
    });
    const before = Array.from({ length: 40 }, (_, number) => span(number));
    await store.insertSpans(...before);
    let arrived = 40;
    for (const sort of ['-startTime', 'startTime', '-costUsd', 'costUsd'] as const) {
      const existing = Array.from({ length: arrived }, (_, number) => span(number).span_id);
      const listed: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await list('arriving', { sort, limit: 6, cursor });
        listed.push(...idsOf(page.spans));
        cursor = page.nextCursor ?? undefined;
        await store.insertSpans(span(arrived), { ...span(arrived % 40), version: arrived });
        arrived += 1;
      } while (cursor !== undefined);
      expect(new Set(listed).size, sort).toBe(listed.length);
      expect(
        existing.filter((id) => !listed.includes(id)),
        sort,
      ).toEqual([]);
    }
  });

  it('searches windows of time until a page is full', async () => {
    const days = (count: number) => new Date(Date.UTC(2026, 10, 20) - count * 86_400_000).toISOString();
    const rows = Array.from({ length: 3000 }, (_, number) => ({
      project: 'windows',
      trace_id: `t${number}`,
      span_id: 's',
      kind: number % 1000 === 999 ? 'tool' : 'span',
      start: days(number / 100)
        .replace('T', ' ')
        .replace('Z', ''),
    }));
    await store.insertSpans(...rows);
    expect((await list('windows', { limit: 500 })).spans.at(-1)?.traceId).toBe('t499');
    expect((await list('windows', { sort: 'startTime', limit: 500 })).spans.at(-1)?.traceId).toBe('t2500');
    const tools = await listAll('windows', { filter: filterOf('kind:tool'), limit: 1 });
    expect(tools.map(({ traceId }) => traceId)).toEqual(['t999', 't1999', 't2999']);
    expect(await listAll('windows', { limit: 500 })).toHaveLength(3000);
  });

  it('rejects a cursor of another list and one with other ids', async () => {
    await expect(list('rows', { cursor: 'bm9wZQ' })).rejects.toMatchObject({ code: 'invalid-cursor' });
    const forged = Buffer.from(JSON.stringify(['-startTime', '1', 'no list'])).toString('base64url');
    await expect(list('rows', { cursor: forged })).rejects.toMatchObject({ code: 'invalid-cursor' });
  });
});

describe('the columns of a request', () => {
  it.each([
    [undefined, []],
    ['attr.a', ['a']],
    ['attr.a.b, attr.c,attr.a.b', ['a.b', 'c']],
    ['attr.x\\,y,attr.back\\\\slash', ['x,y', 'back\\slash']],
  ])('%j are parsed', (text, keys) => {
    expect(parseColumns(text)).toEqual(keys);
  });

  it.each([
    'name',
    'attr.',
    'attr.a,resource.b',
    Array.from({ length: 21 }, (_, i) => `attr.${i}`).join(','),
  ])('%j are rejected', (text) => {
    expect(() => parseColumns(text)).toThrow(/^columns: expected/);
  });
});
