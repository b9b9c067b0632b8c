import type { RawSpan } from '@throughline/spans';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TraceSummary } from '../contract/trace.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { createTraceReader } from '../testing/trace-reader.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const START = 1_795_000_000_000_000_000n;
const ms = (value: number) => START + BigInt(value) * 1_000_000n;

interface Given {
  readonly id: string;
  readonly parent?: string;
  readonly scope: string;
  readonly from: number;
  readonly to: number;
  readonly attributes?: Readonly<Record<string, string | number>>;
}

function spanOf(trace: string, { id, parent = '', scope, from, to, attributes = {} }: Given): RawSpan {
  return rawSpan({
    traceId: trace.padEnd(32, '0'),
    spanId: id.padEnd(16, '0'),
    parentSpanId: parent === '' ? '' : parent.padEnd(16, '0'),
    name: id,
    startTimeUnixNano: ms(from),
    endTimeUnixNano: ms(to),
    scope: { name: scope, version: '', attributes: new Map(), droppedAttributesCount: 0, schemaUrl: '' },
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [
        key,
        typeof value === 'number' ? BigInt(value) : value,
      ]),
    ),
  });
}

const agent: Given = {
  id: 'a1',
  scope: 'openinference.instrumentation.llama_index',
  from: 0,
  to: 4000,
  attributes: { 'openinference.span.kind': 'AGENT' },
};
const outer: Given = {
  id: 'a2',
  parent: 'a1',
  scope: 'openinference.instrumentation.llama_index',
  from: 100,
  to: 1600,
  attributes: {
    'openinference.span.kind': 'LLM',
    'llm.model_name': 'openai/gpt-4o',
    'llm.token_count.prompt': 580,
    'llm.token_count.completion': 40,
  },
};
const step: Given = { id: 'a3', parent: 'a2', scope: 'http', from: 105, to: 1595 };
const inner: Given = {
  id: 'a4',
  parent: 'a3',
  scope: 'openinference.instrumentation.openai',
  from: 110,
  to: 1590,
  attributes: { ...outer.attributes, 'llm.model_name': 'gpt-4o-2024-08-06' },
};

describe('a call that a framework and an SDK recorded, with another span between them', () => {
  it.each([
    ['b1', 'in one request', [[agent, outer, step, inner]]],
    ['b2', 'the inner first', [[inner], [step], [outer], [agent]]],
    ['b3', 'the outer first', [[outer], [agent, step], [inner]]],
    ['b4', 'the span between them last, and twice', [[inner, outer], [agent], [step], [step]]],
  ] as const)('%s: counts once, %s', async (trace, _order, requests) => {
    for (const request of requests)
      await server.send(
        trace,
        request.map((each) => spanOf(trace, each)),
      );
    const reader = createTraceReader(server.url, trace);
    const found = await reader.getTrace(trace.padEnd(32, '0'), 4);
    // 580 × 2.50 + 40 × 10 USD per million
    const totals = { inputTokens: 580, outputTokens: 40, costUsd: 0.00185 };
    expect(found).toMatchObject(totals);
    expect(found.spans.filter(({ counted }) => counted).map(({ name }) => name)).toEqual(['a2']);
    expect(await reader.listTraces(5)).toEqual([expect.objectContaining(totals)]);
    const text = await reader.getTextTree(found.traceId);
    expect(text.split('\n')[0]).toContain('$0.00185');
    const filtered = async (q: string) => {
      const response = await fetch(`${server.url}/api/v1/traces?project=${trace}&q=${encodeURIComponent(q)}`);
      return ((await response.json()) as { traces: TraceSummary[] }).traces.length;
    };
    expect([await filtered('tokens:620'), await filtered('tokens>620')]).toEqual([1, 0]);
  });
});

it('a stream wrapper and the span of the SDK beside it count once, and the answer is shown', async () => {
  const call = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': 'claude-sonnet-4-5',
    'gen_ai.response.id': 'msg_1',
    'gen_ai.usage.input_tokens': 1274,
    'gen_ai.usage.output_tokens': 40,
    'gen_ai.usage.cache_read.input_tokens': 1024,
    'gen_ai.usage.cache_creation.input_tokens': 200,
  };
  const answer = '[{"role":"assistant","parts":[{"type":"text","content":"hello"}]}]';
  const wrapper = { ...call, 'gen_ai.output.messages': answer };
  await server.send('siblings', [
    spanOf('c1', { id: 'c1', scope: 'app', from: 0, to: 1000 }),
    spanOf('c1', { id: 'c2', parent: 'c1', scope: 'wrapper', from: 10, to: 810, attributes: wrapper }),
    spanOf('c1', { id: 'c3', parent: 'c1', scope: 'sdk', from: 12, to: 802, attributes: call }),
  ]);
  expect(await createTraceReader(server.url, 'siblings').listTraces(1)).toEqual([
    expect.objectContaining({
      inputTokens: 1274,
      outputTokens: 40,
      // 50 × 3 + 1,024 × 0.30 + 200 × 3.75 + 40 × 15 USD per million
      costUsd: 0.0018072,
      outputPreview: 'hello',
    }),
  ]);
});
