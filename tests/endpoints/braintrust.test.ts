/** What Braintrust's SDK for JavaScript 3.35 sends, recorded. `python.test.ts` runs the SDK for Python. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { priceOf } from '../support/prices.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';

interface Recording {
  readonly logs: readonly (readonly unknown[])[];
}

let server: TestServer;
let recording: Recording;
beforeAll(async () => {
  server = await startTestServer('shop');
  const file = new URL('fixtures/braintrust-javascript-3.35.logs.json', import.meta.url);
  recording = JSON.parse(await readFile(file, 'utf8')) as Recording;
});
afterAll(() => server?.stop());

async function call(path: string, body?: unknown) {
  const response = await fetch(server.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test('a login answers with this server as the address of the API, and a project has its name as id', async () => {
  expect(await call('/api/apikey/login', {})).toMatchObject({
    status: 200,
    body: { org_info: [{ name: 'throughline', api_url: server.url, proxy_url: server.url }] },
  });
  expect(await call('/api/project/register', { project_name: 'shop', org_id: 'throughline' })).toMatchObject({
    status: 200,
    body: { project: { id: 'shop', name: 'shop' } },
  });
  expect(await call('/version')).toEqual({ status: 200, body: {} });
});

test('rows and their merges become a trace with content, tokens, cost, scores and feedback', async () => {
  for (const rows of recording.logs) {
    const { status, body } = await call('/logs3', { rows, api_version: 2 });
    expect(status).toBe(200);
    expect(body.errors).toBeUndefined();
  }
  const traceId = '4e085051325e21660a185e71c808f0b7';
  await eventually('the settled trace', async () => {
    const { spans, name, userId, sessionId, durationMs, inputTokens, outputTokens, errorCount } =
      await server.getTrace(traceId, 3);
    const tree = spans.map((span) => [span.name, span.kind, span.parentSpanId, span.durationMs]);
    return { tree, name, userId, sessionId, durationMs, inputTokens, outputTokens, errorCount };
  }).toEqual({
    tree: [
      ['support', 'chain', null, 2000],
      ['model', 'llm', 'dc3a5dcd644837f5', 501],
      ['search', 'tool', 'dc3a5dcd644837f5', 3],
    ],
    name: 'support',
    userId: 'ada',
    sessionId: 'visit-1',
    durationMs: 2000,
    inputTokens: 1000,
    outputTokens: 50,
    errorCount: 1,
  });
  const trace = await server.getTrace(traceId, 3);
  const root = await server.findSpan(trace, ({ name }) => name === 'support');
  expect(root).toMatchObject({ tags: ['beta'], metadata: { plan: 'pro', answers: 1 } });
  expect(JSON.parse(root.input?.text ?? '')).toEqual({ question: 'Where is order 7?' });
  expect(root.output?.text).toBe('It arrives on Monday.');
  expect(await server.findSpan(trace, ({ kind }) => kind === 'llm')).toMatchObject({
    model: 'gpt-4o',
    cacheReadTokens: 300,
    ttftMs: 200,
    costUsd: priceOf('gpt-4o', { input: 1000, cacheRead: 300, output: 50 }),
    inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Where is order 7?' }] }],
    outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'It arrives on Monday.' }] }],
  });
  expect(await server.findSpan(trace, ({ kind }) => kind === 'tool')).toMatchObject({
    status: 'error',
    statusMessage: 'no such order',
  });
  await eventually('the scores', async () => {
    const response = await fetch(`${server.url}/api/v1/scores?project=shop&traceId=${traceId}`);
    const { scores } = (await response.json()) as { scores: Record<string, unknown>[] };
    return scores.map(({ name, value, source, spanId }) => [name, value, source, spanId]).sort();
  }).toEqual([
    ['comment', 'quick', 'human', 'dc3a5dcd644837f5'],
    ['helpful', 0.9, 'api', 'dc3a5dcd644837f5'],
    ['thumb', 1, 'human', 'dc3a5dcd644837f5'],
  ]);
});

test('experiments and queries are answered with an error that says what is missing', async () => {
  const { status, body } = await call('/api/experiment/register', { project_name: 'shop' });
  expect(status).toBe(404);
  expect(body.error).toMatch(/Throughline does not have POST \/api\/experiment\/register/);
});
