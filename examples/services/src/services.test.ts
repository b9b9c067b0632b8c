import { createModelServer } from '@throughline/example-model-server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Trace } from '../../../packages/server/src/contract/trace.ts';
import { startTestServer, type TestServer } from '../../../tests/support/start-server.ts';
import { hasPython, PIP_COMMAND } from './python.ts';
import { startServices } from './start-services.ts';

const QUESTION = 'Within how many days can items be returned?';
const python = hasPython();
if (!python) console.warn(`Skipping the test with the Python worker. To run it: ${PIP_COMMAND}`);

let throughline: TestServer;
let models: Awaited<ReturnType<ReturnType<typeof createModelServer>['listen']>>;

beforeAll(async () => {
  throughline = await startTestServer('services');
  models = await createModelServer().listen(0);
});
afterAll(async () => {
  await models?.close();
  await throughline?.stop();
});

/** Sends a question to the services within an existing trace. All spans have been sent when the services have stopped. */
async function askServices(options: { readonly python: boolean; readonly traceId: string }) {
  const services = await startServices({
    endpoint: throughline.url,
    project: 'services',
    modelsUrl: `${models.url}/v1`,
    python: options.python,
  });
  try {
    const response = await fetch(services.url, {
      method: 'POST',
      headers: { 'x-user': 'u-17', traceparent: `00-${options.traceId}-00f067aa0ba902b7-01` },
      body: JSON.stringify({ question: QUESTION }),
    });
    return await response.text();
  } finally {
    await services.stop();
  }
}

/** Returns service, kind and parent of each span by name. Clocks differ too much to compare the order. */
function treeOf({ spans }: Trace) {
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  return Object.fromEntries(
    spans.map(({ name, service, kind, parentSpanId }) => [
      name,
      [service, kind, names.get(parentSpanId ?? '') ?? null],
    ]),
  );
}

async function expectOneTrace(traceId: string, spanCount: number): Promise<Trace> {
  const trace = await throughline.getTrace(traceId, spanCount);
  expect(trace.spans).toHaveLength(spanCount);
  const listed = await throughline.listTraces(10);
  expect(listed.filter((each) => each.traceId === traceId)).toHaveLength(1);
  const consumed = await throughline.findSpan(trace, ({ name }) => name === 'answer question');
  expect(consumed).toMatchObject({ userId: 'u-17', feature: 'help', input: { text: QUESTION } });
  expect(trace.costUsd).toBeGreaterThan(0);
  expect(trace.costIncomplete).toBe(false);
  return trace;
}

test.skipIf(!python)('three services in two languages form one trace, including the user', async () => {
  const traceId = 'a1f92f3577b34da6a3ce929d0e0e4736';
  expect(await askServices({ python: true, traceId })).toBe(
    'Unused items can be returned within 60 days. [returns]',
  );
  const trace = await expectOneTrace(traceId, 6);
  expect(treeOf(trace)).toEqual({
    'POST /ask': ['gateway', 'chain', null],
    prepare: ['worker', 'span', 'POST /ask'],
    search: ['worker', 'retriever', 'prepare'],
    'publish question': ['worker', 'span', 'prepare'],
    'answer question': ['consumer', 'chain', 'publish question'],
    'chat gpt-4o-mini': ['consumer', 'llm', 'answer question'],
  });
  const search = await throughline.findSpan(trace, ({ kind }) => kind === 'retriever');
  expect(search.documents?.[0]).toMatchObject({ id: 'returns', score: 6 });
});

test('without Python, two services form one trace', async () => {
  const traceId = 'b2f92f3577b34da6a3ce929d0e0e4736';
  expect(await askServices({ python: false, traceId })).toBe(`You said: ${QUESTION}`);
  const trace = await expectOneTrace(traceId, 3);
  expect(treeOf(trace)).toEqual({
    'POST /ask': ['gateway', 'chain', null],
    'answer question': ['consumer', 'chain', 'POST /ask'],
    'chat gpt-4o-mini': ['consumer', 'llm', 'answer question'],
  });
});
