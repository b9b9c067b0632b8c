import { createModelServer, when } from '@throughline/example-model-server';
import { flush, init, instrument, shutdown } from '@throughline/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../../tests/support/start-server.ts';
import { waitFor } from '../../../tests/support/wait-for.ts';
import { createApp } from './create-app.ts';

const LONG = 'word '.repeat(2_000);

let throughline: TestServer;
let models: Awaited<ReturnType<ReturnType<typeof createModelServer>['listen']>>;
let app: ReturnType<typeof createApp>;
let url: string;

beforeAll(async () => {
  throughline = await startTestServer('fastify');
  models = await createModelServer({
    scripts: [
      when({ user: 'France' }, { text: 'Paris is the capital of France.', firstTokenMs: 60, tokenMs: 5 }),
      when({ user: 'without end' }, { text: LONG, tokenMs: 5 }),
      when({ user: 'fail' }, { fault: { kind: 'status', status: 500 } }),
    ],
  }).listen(0);
  init({ endpoint: throughline.url, project: 'fastify', serviceName: 'fastify-app' });
  app = createApp(instrument(new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any', maxRetries: 0 })));
  url = await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app?.close();
  await shutdown();
  await models?.close();
  await throughline?.stop();
});

function ask(question: string, user: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${url}/ask`, {
    method: 'POST',
    body: JSON.stringify({ question }),
    ...init,
    headers: { 'content-type': 'application/json', 'x-user': user, ...init.headers },
  });
}

/** Returns the finished trace of a user. */
async function traceOf(userId: string) {
  const found = await waitFor(`the trace of ${userId}`, async () => {
    await flush();
    const traces = await throughline.listTraces(10);
    return traces.find((trace) => trace.userId === userId && trace.durationMs !== null);
  });
  const trace = await throughline.getTrace(found.traceId, 2);
  const root = await throughline.findSpan(trace, ({ kind }) => kind === 'chain');
  const model = await throughline.findSpan(trace, ({ kind }) => kind === 'llm');
  expect(trace.spans).toHaveLength(2);
  expect(model.parentSpanId).toBe(root.spanId);
  return { trace, root, model };
}

test("a streamed answer arrives in pieces and continues the caller's trace", async () => {
  const traceId = 'c3f92f3577b34da6a3ce929d0e0e4736';
  const response = await ask('What is the capital of France?', 'u-reader', {
    headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` },
  });
  const pieces: string[] = [];
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) pieces.push(decoder.decode(piece, { stream: true }));
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.join('')).toBe('Paris is the capital of France.');

  const { trace, root, model } = await traceOf('u-reader');
  expect(trace.traceId).toBe(traceId);
  expect(root).toMatchObject({
    name: 'POST /ask',
    feature: 'ask',
    input: { text: 'What is the capital of France?' },
    output: { text: 'Paris is the capital of France.' },
    metadata: { characters: 31 },
    status: 'unset',
  });
  expect(model).toMatchObject({
    inputTokens: 9,
    outputTokens: 8,
    userId: 'u-reader',
    finishReasons: ['stop'],
  });
  expect(model.ttftMs).toBeGreaterThanOrEqual(55);
  expect(model.ttftMs).toBeLessThan(model.durationMs ?? 0);
  expect(model.costUsd).toBeGreaterThan(0);
});

test('both spans are cancelled, not failed, if the client disconnects', async () => {
  const controller = new AbortController();
  const response = await ask('Tell me a story without end.', 'u-leaver', { signal: controller.signal });
  const reader = response.body?.getReader();
  await reader?.read();
  controller.abort();

  const { root, model } = await traceOf('u-leaver');
  for (const span of [root, model]) {
    expect(span.status).toBe('unset');
    expect(span.attributes['throughline.cancelled']).toBe(true);
  }
  expect(root.output?.text).toMatch(/^word/);
  expect(root.output?.text.length).toBeLessThan(LONG.length);
});

test('both spans have an error if the provider fails', async () => {
  await expect(ask('Please fail.', 'u-failing').then((response) => response.text())).resolves.toMatch(
    /500|error/,
  );
  const { root, model } = await traceOf('u-failing');
  expect(model).toMatchObject({ status: 'error', errorType: 'InternalServerError' });
  expect(root).toMatchObject({ status: 'error', errorType: 'InternalServerError' });
});
