import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../clickhouse/engine.ts';
import { sql } from '../../clickhouse/sql.ts';
import { type Trace, trace as traceSchema } from '../../contract/trace.ts';
import { traceConversation } from '../../contract/trace-conversation.ts';
import { insertRows } from '../../settle/settle-traces.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { projectScope } from '../project-scope.ts';
import { getTrace, parseSpans, traceJson } from './get-trace.ts';
import { readTraceConversation } from './trace-conversation.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());
const find = async (project: string, traceId: string) => {
  const found = await getTrace(projectScope(store.engine, project), traceId);
  return found && (JSON.parse(traceJson(found, null).toString()) as Trace);
};

describe('getTrace', () => {
  it('returns the spans as they were when the summary was read', async () => {
    const call = { trace_id: 'ending', span_id: 'call', kind: 'llm', model: 'gpt-4o', counted: true };
    await store.insertSpans({ ...call, duration_ns: null, version: 5 });
    // The end of the call and another span are loaded between the two queries.
    const engine: Pick<Engine, 'query' | 'queryJson'> = {
      query: (...query) => store.engine.query(...query),
      queryJson: async (...query) => {
        await store.insertSpans(
          { ...call, duration_ns: 1_000_000, cost_usd: '0.5', version: 6 },
          { trace_id: 'ending', span_id: 'next', version: 6 },
        );
        return store.engine.queryJson(...query);
      },
    };
    const found = await getTrace(projectScope(engine as Engine, 'p'), 'ending');
    const trace = found && { ...found.summary, spans: parseSpans(found) };
    expect(trace).toMatchObject({ running: true, spanCount: 1, costUsd: null });
    expect(trace?.spans).toMatchObject([{ spanId: 'call', durationMs: null, costUsd: null }]);
    expect(await find('p', 'ending')).toMatchObject({ spanCount: 2, costUsd: 0.5 });
  });

  it('returns the summary and the spans sorted by start', async () => {
    await store.insertSpans(
      { trace_id: 't', span_id: 'c', parent_span_id: 'a', name: 'second', start: '2026-11-20 10:00:01' },
      {
        trace_id: 't',
        span_id: 'b',
        parent_span_id: 'a',
        start: '2026-11-20 10:00:00.5',
        kind: 'llm',
        model: 'gpt-4o',
        provider: 'openai',
        input_tokens: 5,
        output_tokens: 0,
        cost_usd: '0.000000000001',
        counted: true,
        ttft_ns: 412_000_000,
        status: 'error',
        error_type: 'Timeout',
        status_message: 'too slow',
        duration_ns: null,
      },
      { trace_id: 't', span_id: 'a', name: 'root', duration_ns: 2_000_000_001 },
      { trace_id: 'u', span_id: 'a', name: 'other trace' },
      { project: 'q', trace_id: 't', span_id: 'z', name: 'other project' },
    );
    const found = await find('p', 't');
    expect(traceSchema.parse(found)).toEqual(found);
    expect(found).toMatchObject({
      traceId: 't',
      name: 'root',
      spanCount: 3,
      durationMs: 2000.000001,
      errorCount: 1,
    });
    expect(found?.spans.map((span) => span.spanId)).toEqual(['a', 'b', 'c']);
    expect(found?.spans[1]).toEqual({
      spanId: 'b',
      parentSpanId: 'a',
      name: 'span',
      kind: 'llm',
      startTime: '2026-11-20T10:00:00.500000000Z',
      durationMs: null,
      status: 'error',
      statusMessage: 'too slow',
      errorType: 'Timeout',
      service: null,
      provider: 'openai',
      model: 'gpt-4o',
      inputTokens: 5,
      outputTokens: 0,
      cacheReadTokens: null,
      cacheWriteTokens: null,
      reasoningTokens: null,
      costUsd: 1e-12,
      counted: true,
      ttftMs: 412,
      toolName: null,
      agentName: null,
      documentCount: null,
      inputDocumentCount: null,
    });
  });

  it('returns each span once, in its latest version, even if its start moved to another day', async () => {
    const span = { trace_id: 'moved', span_id: 'a' };
    await store.insertSpans({ ...span, name: 'new', start: '2026-11-21 10:00:00', version: 9 });
    await store.insertSpans({ ...span, name: 'old', version: 3 });
    await store.insertSpans({ ...span, name: 'old', version: 3 });
    const found = await find('p', 'moved');
    expect(found?.spans.map((row) => [row.name, row.startTime])).toEqual([
      ['new', '2026-11-21T10:00:00.000000000Z'],
    ]);
    expect(found).toMatchObject({ spanCount: 1, startTime: '2026-11-21T10:00:00.000000000Z' });
  });

  it('is undefined for an id that the project does not have', async () => {
    expect(await find('p', 'nope')).toBeUndefined();
    expect(await find('q', 'u')).toBeUndefined();
    expect(await find('p', "t' OR '1'='1")).toBeUndefined();
  });

  it('returns ids of any kind', async () => {
    for (const id of ['550e8400-e29b-41d4-a716-446655440000', 'run/1 ü 😀', "a'b\\c\n", 'x'.repeat(800)]) {
      await store.insertSpans({ trace_id: id, span_id: id });
      expect((await find('p', id))?.spans[0]?.spanId).toBe(id);
    }
  });

  it('returns the earliest 100,000 spans of a larger trace and their full number', async () => {
    await store.engine.command(
      `INSERT INTO spans (project, trace_id, span_id, parent_span_id, name, kind, status, start, version)
       SELECT 'p', 'huge', toString(number), if(number = 0, '', '0'), 'x', 'span', 'unset',
         fromUnixTimestamp64Nano(toInt64(1795000000000000000 + number * 1000), 'UTC'), 1 FROM numbers(100010)`,
    );
    await insertRows(store.engine, sql`trace_id = 'huge'`);
    const found = await find('p', 'huge');
    expect(found?.spanCount).toBe(100_010);
    expect(found?.spans).toHaveLength(100_000);
    expect(found?.spans.at(-1)?.spanId).toBe('99999');
  });
});

describe('the conversation of a trace', () => {
  const messages = (...list: readonly (readonly [string, string])[]) =>
    JSON.stringify(list.map(([role, content]) => ({ role, parts: [{ type: 'text', content }] })));
  const step = (
    number: number,
    kind: string,
    input: Record<string, string>,
    output: Record<string, string>,
    more = {},
  ) => {
    const place = {
      project: 'talk',
      trace_id: 'agent',
      span_id: `s${number}`,
      start: `2026-11-20 10:00:0${number}`,
    };
    return {
      span: { ...place, kind, name: `step ${number}`, counted: kind === 'llm', ...more },
      payload: { ...place, input, output },
    };
  };
  const steps = [
    step(
      0,
      'llm',
      { 'gen_ai.input.messages': messages(['system', 'Be brief.'], ['user', 'Where is it?']) },
      {
        'gen_ai.output.messages': messages(['assistant', 'I look.']),
      },
    ),
    step(
      1,
      'tool',
      { 'gen_ai.tool.call.arguments': '{"id":8812}' },
      { 'gen_ai.tool.call.result': 'shipped' },
      {
        tool_name: 'lookup',
        status: 'error',
        error_type: 'TimeoutError',
      },
    ),
    step(
      2,
      'llm',
      {
        'gen_ai.input.messages': messages(
          ['system', 'Be brief.'],
          ['user', 'Where is it?'],
          ['assistant', 'I look.'],
          ['user', `${'x'.repeat(5999)}😀`],
        ),
      },
      { 'gen_ai.output.messages': messages(['assistant', 'It was shipped.']) },
    ),
    step(3, 'llm', { 'gen_ai.input.messages': messages(['user', 'y'.repeat(600_000)]) }, {}),
    // The same call as another instrumentation recorded it.
    step(
      4,
      'llm',
      {},
      { 'gen_ai.output.messages': messages(['assistant', 'It was shipped, twice.']) },
      { counted: false },
    ),
  ];

  it('has each message once, tools with their result, and what is too large as a place', async () => {
    await store.insertSpans(...steps.map(({ span }) => span));
    await store.insertPayloads(...steps.map(({ payload }) => payload));
    const scope = projectScope(store.engine, 'talk');
    const read = (limit: number, cursor?: string) => readTraceConversation(scope, 'agent', { limit, cursor });
    const all = traceConversation.parse(await read(40));
    expect(
      all.entries.map(({ type, role, parts }) => [
        type,
        role,
        parts
          .map(({ text }) => text)
          .join('|')
          .slice(0, 20),
      ]),
    ).toEqual([
      ['message', 'system', 'Be brief.'],
      ['message', 'user', 'Where is it?'],
      ['message', 'assistant', 'I look.'],
      ['tool', null, '{"id":8812}|shipped'],
      ['message', 'user', 'x'.repeat(20)],
      ['message', 'assistant', 'It was shipped.'],
      ['omitted', null, ''],
    ]);
    expect(all.entries[3]).toMatchObject({ spanId: 's1', error: 'TimeoutError' });
    expect(all.entries[4]?.parts).toEqual([{ type: 'text', name: null, text: 'x'.repeat(5999), cut: true }]);
    expect(all.nextCursor).toBeNull();
    const paged: unknown[] = [];
    for (let cursor: string | undefined | null; cursor !== null; ) {
      const page = await read(2, cursor);
      paged.push(...(page?.entries ?? []));
      cursor = page?.nextCursor ?? null;
    }
    expect(paged).toEqual(all.entries);
    expect(await readTraceConversation(scope, 'none', { limit: 2 })).toBeUndefined();
  });
});
