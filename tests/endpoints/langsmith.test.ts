/** LangSmith's JavaScript SDK, with nothing changed but the address: versions 0.12 and 0.10. */

import { ChatPromptTemplate } from '@langchain/core/prompts';
import { LangChainTracer } from '@langchain/core/tracers/tracer_langchain';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { Client, RunTree } from 'langsmith';
import { traceable } from 'langsmith/traceable';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { priceOf } from '../support/prices.ts';
import { runWithEnvironment } from '../support/run-with-environment.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { waitFor } from '../support/wait-for.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer('shop');
});
afterAll(() => server?.stop());

const USAGE = {
  input_tokens: 1000,
  output_tokens: 50,
  total_tokens: 1050,
  input_token_details: { cache_read: 300 },
};

/** Reads the scores of a trace. */
const scoresOf = async (traceId: string) => {
  const response = await fetch(`${server.url}/api/v1/scores?project=shop&traceId=${traceId}`);
  return ((await response.json()) as { scores: Record<string, unknown>[] }).scores;
};

describe.each([
  ['/langsmith', true],
  // Runs are sent one by one when they start and end, without multipart.
  ['', false],
])('the SDK at %s', (base, autoBatchTracing) => {
  test('records a tree with content, tokens, cost, errors, session and feedback', async () => {
    const client = new Client({ apiUrl: server.url + base, apiKey: 'any', autoBatchTracing });
    const shared = { client, project_name: 'shop', tracingEnabled: true };
    let root: RunTree | undefined;
    const model = traceable(
      async (_messages: unknown) => ({
        role: 'assistant',
        content: 'It arrives on Monday.',
        usage_metadata: USAGE,
      }),
      {
        ...shared,
        name: 'model',
        run_type: 'llm',
        metadata: { ls_provider: 'openai', ls_model_name: 'gpt-4o', ls_temperature: 0.2 },
        tags: ['beta'],
      },
    );
    const search = traceable(
      async (_query: string) => {
        throw new Error('no such order');
      },
      { ...shared, name: 'search', run_type: 'tool' },
    );
    const answer = traceable(
      async (run: RunTree, question: string) => {
        root = run;
        await search(question).catch(() => {});
        const { content } = await model([{ role: 'user', content: question }]);
        return content;
      },
      { ...shared, name: 'support', metadata: { thread_id: 'visit-1', user_id: 'ada' } },
    );
    const started = new RunTree({ ...shared, name: 'request', inputs: { path: '/ask' } });
    await started.postRun();
    const child = started.createChild({
      name: 'outer',
      run_type: 'chain',
      inputs: { question: 'Where is order 7?' },
    });
    await child.postRun();
    await answer(child, 'Where is order 7?');
    await child.end({ answer: 'It arrives on Monday.' });
    await child.patchRun();
    await client.createFeedback(started.id, 'helpful', { score: 0.9, comment: 'quick' });
    await started.end({ status: 200 });
    await started.patchRun();
    await client.awaitPendingTraceBatches();
    expect(root).toBeDefined();

    const trace = await waitFor('the complete trace', async () => {
      const found = await server.getTrace(started.id, 5);
      for (const span of found.spans) expect(span.durationMs).not.toBeNull();
      return found;
    });
    expect(trace).toMatchObject({
      name: 'request',
      userId: 'ada',
      sessionId: 'visit-1',
      errorCount: 1,
      inputTokens: 1000,
      outputTokens: 50,
    });
    const byName = Object.fromEntries(trace.spans.map((span) => [span.name, span]));
    expect(byName.request?.parentSpanId).toBeNull();
    expect(byName.outer?.parentSpanId).toBe(started.id);
    expect(byName.support?.parentSpanId).toBe(child.id);
    expect(byName.search?.parentSpanId).toBe(byName.support?.spanId);
    expect(byName.model?.parentSpanId).toBe(byName.support?.spanId);

    const request = await server.findSpan(trace, ({ name }) => name === 'request');
    expect(JSON.parse(request.input?.text ?? '')).toEqual({ path: '/ask' });
    expect(JSON.parse(request.output?.text ?? '')).toEqual({ status: 200 });
    expect(await server.findSpan(trace, ({ name }) => name === 'model')).toMatchObject({
      kind: 'llm',
      provider: 'openai',
      model: 'gpt-4o',
      tags: ['beta'],
      inputTokens: 1000,
      cacheReadTokens: 300,
      outputTokens: 50,
      costUsd: priceOf('gpt-4o', { input: 1000, cacheRead: 300, output: 50 }),
      inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Where is order 7?' }] }],
      outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'It arrives on Monday.' }] }],
    });
    const failed = await server.findSpan(trace, ({ name }) => name === 'search');
    expect(failed).toMatchObject({ kind: 'tool', status: 'error' });
    expect(failed.statusMessage).toContain('no such order');
    await eventually('the score', async () =>
      (await scoresOf(started.id)).map(({ name, value, spanId, comment }) => ({
        name,
        value,
        spanId,
        comment,
      })),
    ).toEqual([{ name: 'helpful', value: 0.9, spanId: started.id, comment: 'quick' }]);
  });
});

test("LangChain's tracer records a chain with its prompt and model", async () => {
  const client = new Client({ apiUrl: `${server.url}/langsmith`, apiKey: 'any' });
  const tracer = new LangChainTracer({ client: client as never, projectName: 'shop' });
  const model = new FakeListChatModel({ responses: ['It arrives on Monday.'] });
  const chain = ChatPromptTemplate.fromMessages([['human', '{question}']]).pipe(model);
  const runId = '0197f3e0-0000-7000-8000-000000000001';
  await chain.invoke({ question: 'Where is order 7?' }, { callbacks: [tracer], runId });
  await client.awaitPendingTraceBatches();
  const trace = await waitFor('the complete trace', async () => {
    const found = await server.getTrace(runId, 3);
    for (const span of found.spans) expect(span.durationMs).not.toBeNull();
    return found;
  });
  expect(await server.findSpan(trace, ({ kind }) => kind === 'llm')).toMatchObject({
    inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Where is order 7?' }] }],
    outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'It arrives on Monday.' }] }],
  });
});

test('datasets and queries are answered with an error that says what is missing', async () => {
  const client = new Client({ apiUrl: `${server.url}/langsmith`, apiKey: 'any' });
  await expect(client.createDataset('orders')).rejects.toThrow(/Throughline does not have POST .*datasets/);
});

test('the settings of the guide are enough', async () => {
  const program = new URL('programs/langsmith-env.mjs', import.meta.url);
  await runWithEnvironment('langsmith.sh', program, server.url);
  const found = await waitFor('the trace', async () =>
    (await server.listTraces(20)).find(({ name }) => name === 'from the guide'),
  );
  expect(found.outputPreview).toContain('What is it? 42');
});
