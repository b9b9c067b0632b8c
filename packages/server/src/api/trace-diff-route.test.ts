import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { traceDiff } from '../contract/trace-diff.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const START = 1_795_000_000_000_000_000n;
const MS = 1_000_000n;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.send('shop', [
    ...answer(A, 200n, 'gpt-4o', 'It ships today.'),
    ...answer(B, 900n, 'gpt-4o-mini', 'Ask again.'),
  ]);
  await server.send('other', answer('c'.repeat(32), 1n, 'gpt-4o', ''));
});
afterAll(() => server.stop());

function answer(traceId: string, searchMs: bigint, model: string, output: string) {
  const step = (
    spanId: string,
    name: string,
    fromMs: bigint,
    toMs: bigint,
    attributes: Record<string, string | number> = {},
  ) =>
    rawSpan({
      traceId,
      spanId: spanId.repeat(16),
      parentSpanId: spanId === '1' ? '' : '1'.repeat(16),
      name,
      startTimeUnixNano: START + fromMs * MS,
      endTimeUnixNano: START + toMs * MS,
      attributes,
    });
  return [
    step('1', 'answer', 0n, searchMs + 1000n, {
      'input.value': 'Where is my order?',
      'output.value': output,
    }),
    step('2', 'search', 0n, searchMs, { 'openinference.span.kind': 'RETRIEVER' }),
    step('3', `chat ${model}`, searchMs, searchMs + 1000n, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': model,
      'gen_ai.usage.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 100,
    }),
    ...(traceId === B ? [step('4', 'rerank', 0n, 5n, { 'openinference.span.kind': 'RERANKER' })] : []),
  ];
}

const get = (path: string, accept = 'application/json') =>
  fetch(`${server.url}/api/v1/traces/${path}?project=shop`, { headers: { accept } });

describe('GET /traces/{a}/diff/{b}', () => {
  it('returns totals and every step of both traces with its differences', async () => {
    const body = await (await get(`${A}/diff/${B}`)).json();
    const diff = traceDiff.parse(body);
    expect(diff).toEqual(body);
    expect(diff.a.traceId).toBe(A);
    expect(diff.delta).toMatchObject({ durationMs: 700, tokens: 0, spanCount: 1, errorCount: 0 });
    expect(diff.delta.costUsd).toBeCloseTo((1000 * 0.15 + 100 * 0.6 - 1000 * 2.5 - 100 * 10) / 1e6, 9);
    expect(diff.counts).toEqual({ same: 1, changed: 2, moved: 0, added: 1, removed: 0 });
    expect(
      diff.steps.map(({ a, b, change, differences, delta }) => [
        (b ?? a)?.name,
        change,
        differences,
        delta.durationMs,
      ]),
    ).toEqual([
      ['answer', 'changed', ['output'], 700],
      ['rerank', 'added', [], 5],
      ['search', 'same', [], 700],
      ['chat gpt-4o-mini', 'changed', ['name', 'model'], 0],
    ]);
  });

  it('returns the same as text', async () => {
    const text = await (await get(`${A}/diff/${B}`, 'text/plain')).text();
    expect(text).toMatch(
      /^Steps: 1 the same, 2 changed, 0 moved, 1 added, 0 removed\n~ answer +\+700 ms +output differs\n/,
    );
    expect(text).toMatch(
      /~ {3}chat gpt-4o-mini +−\$0\.00329 +name chat gpt-4o → chat gpt-4o-mini, model gpt-4o → gpt-4o-mini\n/,
    );
  });

  it('finds nothing between a trace and itself', async () => {
    const diff = traceDiff.parse(await (await get(`${A}/diff/${A}`)).json());
    expect(diff.counts).toEqual({ same: 3, changed: 0, moved: 0, added: 0, removed: 0 });
  });

  it('names the trace that the project does not have', async () => {
    for (const path of [`${A}/diff/${'c'.repeat(32)}`, `${'c'.repeat(32)}/diff/${A}`]) {
      const response = await get(path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        code: 'trace-not-found',
        detail: `There is no trace "${'c'.repeat(32)}" in project "shop".`,
      });
    }
  });
});
