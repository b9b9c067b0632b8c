/** Runs the example application and checks its traces. */
import { runDemo } from '@throughline/example-rag';
import { formatCost, formatTokens } from '@throughline/spans';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Trace, TraceSummary } from '../packages/server/src/contract/trace.ts';
import { startTestServer, type TestServer } from './support/start-server.ts';
import { waitFor } from './support/wait-for.ts';

const REQUESTS = 37;

let server: TestServer;
let summary: Awaited<ReturnType<typeof runDemo>>;
let traces: TraceSummary[];
const progress: number[] = [];

beforeAll(async () => {
  server = await startTestServer('demo');
  summary = await runDemo({
    endpoint: server.url,
    project: 'demo',
    onProgress: (done) => progress.push(done),
  });
  // One more than the number of requests: building the index is a trace too.
  traces = await waitFor('all traces', async () => {
    const listed = await server.listTraces(100);
    return listed.length > REQUESTS && listed.every(({ durationMs }) => durationMs !== null)
      ? listed
      : undefined;
  });
});
afterAll(() => server?.stop());

function traceOf(fits: (trace: TraceSummary) => boolean): Promise<Trace> {
  const found = traces.find(fits);
  if (found === undefined) throw new Error('Expected a trace that fits');
  return server.getTrace(found.traceId, found.spanCount);
}

async function scoresOf({ traceId }: Trace): Promise<unknown[]> {
  const response = await fetch(`${server.url}/api/v1/scores?project=demo&traceId=${traceId}`);
  return ((await response.json()) as { scores: unknown[] }).scores;
}

const asked = (text: string) => (trace: TraceSummary) => trace.inputPreview?.includes(text) ?? false;
const count = <Value>(values: readonly Value[]) =>
  Object.fromEntries([...Map.groupBy(values, String)].map(([value, all]) => [value, all.length]));

describe('the list', () => {
  test('every request is a trace', () => {
    expect(summary).toMatchObject({ requests: REQUESTS, failed: 5 });
    expect(progress).toEqual(Array.from({ length: REQUESTS }, (_, index) => index + 1));
    expect(traces).toHaveLength(REQUESTS + 1);
  });

  test('traces have features, statuses, users and sessions', () => {
    const requests = traces.filter(({ name }) => name !== 'handbook.embed');
    expect(count(requests.map(({ feature }) => feature))).toEqual({
      search: 17,
      chat: 10,
      'order-status': 5,
      summarise: 3,
      'order-audit': 1,
      claims: 1,
    });
    const failed = requests.filter(({ status }) => status === 'error').flatMap(({ tags }) => tags);
    const plans = ['member', 'staff', 'guest'];
    expect(failed.filter((tag) => !plans.includes(tag)).sort()).toEqual([
      'cut-off',
      'cut-off',
      'overloaded',
      'server-error',
      'timeout',
    ]);
    expect(new Set(requests.map(({ userId }) => userId)).size).toBe(6);
    expect(Math.max(...Object.values(count(requests.map(({ sessionId }) => sessionId))))).toBe(4);
    expect(new Set(requests.flatMap(({ services }) => services))).toEqual(new Set(['fernway-assistant']));
    expect(new Set(requests.map(({ environment }) => environment))).toEqual(new Set(['demo']));
  });

  test('every call with tokens has a model and a price', () => {
    expect([...new Set(traces.flatMap(({ models }) => models))].sort()).toEqual([
      'claude-haiku-4-5',
      'claude-sonnet-4-20250514',
      'gpt-4o',
      'gpt-4o-mini',
      'gpt-5',
      'gpt-5-mini',
      'text-embedding-3-small',
    ]);
    expect(traces.filter(({ costIncomplete }) => costIncomplete)).toEqual([]);
  });
});

test('a question and its answer as text', async () => {
  const trace = await traceOf(asked('How long can I return unused items?'));
  const time = /\d+(\.\d+)? (µs|ms|s)/g;
  const tree = (await server.getTextTree(trace.traceId))
    .replace(time, '#')
    .split('\n')
    .map((line) => line.replace(/ {2,}/g, '  ').trimEnd())
    .filter((line) => line !== '');
  const [embedding, model] = (['embedding', 'llm'] as const).map((kind) =>
    trace.spans.find((span) => span.kind === kind),
  );
  const total = (trace.inputTokens ?? 0) + (trace.outputTokens ?? 0);
  const inferred = (model?.inputTokens ?? 0) + (model?.outputTokens ?? 0);
  expect(total).toBe(inferred + (embedding?.inputTokens ?? 0));
  expect(tree).toEqual([
    `rag.handle_query  #  ${formatCost(trace.costUsd ?? 0)}  ${formatTokens(total)}`,
    '├─ input_validation  #',
    '├─ retrieval  #',
    '│  ├─ embedding  #  9 tok  text-embedding-3-small',
    '│  ├─ vector_search  #  12 documents, 1 used',
    '│  └─ reranking  #  5 of 12, 1 used',
    '├─ prompt  #',
    '├─ inference  #',
    `│  └─ chat claude-sonnet-4-20250514  #  ${formatCost(model?.costUsd ?? 0)}  ${formatTokens(inferred)}  claude-sonnet-4-20250514 · first token #`,
    '└─ output_validation  #',
  ]);
  expect(model?.ttftMs).toBeGreaterThan(150);
  expect(model?.ttftMs).toBeLessThan(model?.durationMs ?? 0);
  expect(model?.cacheWriteTokens).toBeGreaterThan(1024);
  expect(trace.outputPreview).toContain('60 days');
});

test('retrieved documents, prompts and answers can be read', async () => {
  const trace = await traceOf(asked('How long can I return unused items?'));
  const found = await server.findSpan(trace, ({ kind }) => kind === 'retriever');
  expect(found.documents).toHaveLength(12);
  expect(found.documents?.[0]?.score).toBeGreaterThan(found.documents?.[11]?.score ?? 1);
  const kept = await server.findSpan(trace, ({ kind }) => kind === 'reranker');
  expect(kept.documents?.[0]).toMatchObject({ id: 'returns/return-period' });
  expect(kept.retrieval).toMatchObject({ query: 'How long can I return unused items?', topK: 5 });
  expect(kept.retrieval?.inputDocuments).toHaveLength(12);
  expect(kept.documents?.map(({ used }) => used ?? false)).toEqual([true, false, false, false, false]);
  expect(await scoresOf(trace)).toMatchObject([
    { name: 'cites-a-source', value: true, source: 'code', evaluator: 'citations' },
  ]);
  const prompt = await server.findSpan(trace, ({ kind }) => kind === 'prompt');
  expect(prompt.prompt).toMatchObject({ name: 'handbook-answer', version: '3' });
  expect(prompt.prompt?.template).toContain('{{documents}}');
  const inference = await server.findSpan(trace, ({ kind }) => kind === 'llm');
  expect(inference).toMatchObject({ feature: 'search', userId: 'u-maria', finishReasons: ['end_turn'] });
  expect(inference.metadata).toMatchObject({ plan: 'member', channel: 'web' });
  expect(inference.inputMessages?.map(({ role }) => role)).toEqual(['system', 'user']);
});

test('an agent takes ten turns, each with all earlier messages, most of them cached', async () => {
  const trace = await traceOf(({ feature }) => feature === 'order-audit');
  const agent = trace.spans.find(({ kind }) => kind === 'agent');
  expect(agent).toMatchObject({ name: 'order_audit', agentName: 'order_auditor', counted: false });
  const below = trace.spans.filter(({ parentSpanId }) => parentSpanId === agent?.spanId);
  expect(count(below.map(({ name }) => name))).toEqual({ inference: 10, lookup_order: 9 });
  const turns = trace.spans.filter(({ kind }) => kind === 'llm');
  expect(turns).toHaveLength(10);
  expect(trace.spans.filter(({ kind }) => kind === 'tool')).toHaveLength(9);
  const inputs = turns.map(({ inputTokens }) => inputTokens ?? 0);
  expect(inputs).toEqual([...inputs].sort((a, b) => a - b));
  expect(turns[9]?.cacheReadTokens).toBeGreaterThan(1000);
  expect(trace.inputTokens).toBe(inputs.reduce((sum, tokens) => sum + tokens, 0));
  const last = await server.getSpan({ traceId: trace.traceId, spanId: turns[9]?.spanId ?? '' });
  // The system prompt, the task, and nine calls with their results.
  expect(last.inputMessages).toHaveLength(20);
  expect(last.droppedAttributesCount).toBe(0);
});

test('three branches run in parallel, and their results are joined afterwards', async () => {
  const trace = await traceOf(
    ({ feature, inputPreview }) => feature === 'summarise' && (inputPreview ?? '').includes('new colleagues'),
  );
  const branches = trace.spans.filter(({ name }) => name.startsWith('map '));
  expect(branches).toHaveLength(3);
  const starts = branches.map(({ startTime }) => Date.parse(startTime));
  const ends = branches.map(({ startTime, durationMs }) => Date.parse(startTime) + (durationMs ?? 0));
  expect(Math.max(...starts)).toBeLessThan(Math.min(...ends));
  const reduce = trace.spans.find(({ name }) => name === 'reduce');
  expect(Date.parse(reduce?.startTime ?? '')).toBeGreaterThanOrEqual(Math.floor(Math.max(...ends)) - 1);
});

describe('failures', () => {
  test('a rate limit is followed by a second attempt that succeeds', async () => {
    const trace = await traceOf(asked('Does express delivery'));
    const attempts = trace.spans.filter(({ kind }) => kind === 'llm');
    expect(attempts.map(({ status, errorType }) => [status, errorType])).toEqual([
      ['error', 'RateLimitError'],
      ['unset', null],
    ]);
    expect(new Set(attempts.map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
    expect(trace).toMatchObject({ status: 'unset', errorCount: 1 });
  });

  test('a stream that breaks has its first words and the error', async () => {
    const trace = await traceOf(asked('made for wind and snow'));
    const span = await server.findSpan(trace, ({ kind }) => kind === 'llm');
    expect(span.status).toBe('error');
    expect(span.statusMessage).toBe('terminated');
    expect(span.ttftMs).toBeGreaterThan(100);
    expect(span.outputMessages?.[0]?.parts[0]?.content).toMatch(/^The Skarn series/);
    expect(trace.status).toBe('error');
  });

  test('a stream that an Anthropic model ends early is an error as well', async () => {
    const trace = await traceOf(asked('price promise count'));
    const span = await server.findSpan(trace, ({ kind }) => kind === 'llm');
    expect(span).toMatchObject({ status: 'error', errorType: 'APIError' });
  });

  test('a tool that throws has its exception with the stack, and the request continues', async () => {
    const trace = await traceOf(asked('X-4410'));
    const span = await server.findSpan(trace, ({ kind }) => kind === 'tool');
    expect(span).toMatchObject({ status: 'error', errorType: 'OrderError', toolName: 'lookup_order' });
    expect(span.tool?.arguments).toEqual({ orderId: 'X-4410' });
    expect(span.events[0]?.attributes['exception.stacktrace']).toMatch(/OrderError: .*\n\s+at .*tools\.ts/);
    expect(trace.status).not.toBe('error');
  });

  test.each([
    ['overloaded', 'OverloadedError'],
    ['server-error', 'InternalServerError'],
    ['timeout', 'APIConnectionTimeoutError'],
  ])('%s: the model call has the reason', async (tag, errorType) => {
    const trace = await traceOf(({ tags }) => tags.includes(tag));
    expect(trace.spans.find(({ kind }) => kind === 'llm')).toMatchObject({ status: 'error', errorType });
    expect(trace.status).toBe('error');
  });

  test('a guardrail stops a question before it causes cost', async () => {
    const trace = await traceOf(asked('Ignore all previous instructions'));
    expect(trace.spans.map(({ name }) => name).sort()).toEqual(['input_validation', 'rag.handle_query']);
    const span = await server.findSpan(trace, ({ kind }) => kind === 'guardrail');
    expect(span).toMatchObject({ status: 'error', errorType: 'guardrail.prompt_injection' });
    expect(trace.costUsd).toBeNull();
  });
});

test('an image, and reasoning tokens', async () => {
  const photo = await server.findSpan(
    await traceOf(({ feature }) => feature === 'claims'),
    ({ kind }) => kind === 'llm',
  );
  expect(photo.inputMessages?.at(-1)?.parts[1]).toMatchObject({
    type: 'blob',
    modality: 'image',
    mime_type: 'image/png',
  });
  const thinking = await server.findSpan(
    await traceOf(asked('comfort temperature')),
    ({ kind }) => kind === 'llm',
  );
  expect(thinking.reasoningTokens).toBeGreaterThan(10);
  expect(thinking.outputMessages?.[0]?.parts[0]?.type).toBe('reasoning');
});

describe('a short demo', () => {
  test('runs the first requests, and can run again in the same process', async () => {
    const project = 'short';
    const { requests, failed } = await runDemo({ endpoint: server.url, project, traces: 2 });
    expect({ requests, failed }).toEqual({ requests: 2, failed: 0 });
    // Everything is sent when the demo returns, but for a moment a trace may be readable without its last spans.
    await waitFor('each trace by its most expensive model', async () => {
      const found = await server.listTraces(10, project);
      const models = found.map(({ models: [mostExpensive] }) => mostExpensive).sort();
      return models.join(' ') === 'claude-sonnet-4-20250514 gpt-4o text-embedding-3-small' || undefined;
    });
  });

  test('stops when its signal is aborted', async () => {
    const controller = new AbortController();
    const { requests } = await runDemo({
      endpoint: server.url,
      project: 'stopped',
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    // The requests that were in progress when the first one was finished.
    expect(requests).toBeGreaterThanOrEqual(1);
    expect(requests).toBeLessThanOrEqual(6);
  });
});
