import { createModelServer, when } from '@throughline/example-model-server';
import { flush, init, instrument, shutdown, withContext } from '@throughline/sdk';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../../../tests/support/start-server.ts';
import { waitFor } from '../../../tests/support/wait-for.ts';
import { runAgent } from './run-agent.ts';

let throughline: TestServer;
let models: Awaited<ReturnType<ReturnType<typeof createModelServer>['listen']>>;
let openai: OpenAI;

beforeAll(async () => {
  throughline = await startTestServer('agent');
  models = await createModelServer({
    scripts: [when({ user: 'again and again' }, { toolCalls: [{ name: 'fly', arguments: {} }] })],
  }).listen(0);
  init({ endpoint: throughline.url, project: 'agent', serviceName: 'order-agent' });
  openai = instrument(new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'example', maxRetries: 0 }));
});
afterAll(async () => {
  await shutdown();
  await models?.close();
  await throughline?.stop();
});

/** Returns the trace of a session as soon as it has this number of spans. */
async function traceOf(sessionId: string, spanCount: number) {
  await flush();
  const found = await waitFor(`the trace of ${sessionId}`, async () =>
    (await throughline.listTraces(10)).find((trace) => trace.sessionId === sessionId),
  );
  return throughline.getTrace(found.traceId, spanCount);
}

test('a run with two turns and three tools, one of which fails, is one trace', async () => {
  const question = 'What is the state of the orders A-1001, A-1002 and B-7777?';
  const answer = await withContext({ sessionId: 's-orders', userId: 'u-17' }, () =>
    runAgent(openai, question),
  );
  expect(answer).toBe(
    'Order A-1001: status shipped, value euros 41.5. ' +
      'Order A-1002: status waiting for payment, value euros 20. Expected a known order, found B-7777',
  );

  const trace = await traceOf('s-orders', 6);
  const [root] = trace.spans.filter(({ parentSpanId }) => parentSpanId === null);
  expect(root).toMatchObject({
    name: 'order-agent',
    kind: 'agent',
    agentName: 'order-agent',
    counted: false,
  });
  const below = trace.spans.filter(({ parentSpanId }) => parentSpanId === root?.spanId);
  expect(below.map(({ name, status }) => [name, status]).sort()).toEqual([
    ['chat gpt-4o-mini', 'unset'],
    ['chat gpt-4o-mini', 'unset'],
    ['lookup_order', 'error'],
    ['lookup_order', 'unset'],
    ['lookup_order', 'unset'],
  ]);

  const agent = await throughline.findSpan(trace, ({ kind }) => kind === 'agent');
  expect(agent).toMatchObject({ input: { text: question }, output: { text: answer }, userId: 'u-17' });
  const failed = await throughline.findSpan(
    trace,
    ({ kind, status }) => kind === 'tool' && status === 'error',
  );
  expect(failed).toMatchObject({ errorType: 'RangeError', tool: { arguments: { orderId: 'B-7777' } } });

  const { traceId } = trace;
  const modelCalls = below.filter(({ kind }) => kind === 'llm');
  const turns = await Promise.all(modelCalls.map(({ spanId }) => throughline.getSpan({ traceId, spanId })));
  turns.sort((a, b) => (a.inputMessages?.length ?? 0) - (b.inputMessages?.length ?? 0));
  expect(turns.map(({ finishReasons }) => finishReasons)).toEqual([['tool_calls'], ['stop']]);
  expect(turns[1]?.inputMessages?.map(({ role }) => role)).toEqual([
    'system',
    'user',
    'assistant',
    'tool',
    'tool',
    'tool',
  ]);
  expect(trace.inputTokens).toBe(turns.reduce((sum, { inputTokens }) => sum + (inputTokens ?? 0), 0));
  expect(trace.costUsd).toBeGreaterThan(0);
  expect(trace.costIncomplete).toBe(false);
});

test('an agent that never answers fails, and its trace shows every turn', async () => {
  const asking = withContext({ sessionId: 's-loop' }, () => runAgent(openai, 'Do it again and again.'));
  await expect(asking).rejects.toThrow('Expected an answer within 8 turns');
  const trace = await traceOf('s-loop', 9);
  expect(trace).toMatchObject({ status: 'error' });
  expect(trace.spans.filter(({ kind }) => kind === 'llm')).toHaveLength(8);
});
