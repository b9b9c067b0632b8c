/** The OpenAI Agents SDK with its own exporter, with nothing changed but the endpoint. */
import {
  BatchTraceProcessor,
  OpenAITracingExporter,
  setTraceProcessors,
  setTracingDisabled,
  withFunctionSpan,
  withGenerationSpan,
  withTrace,
} from '@openai/agents';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { priceOf } from '../support/prices.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer('default');
});
afterAll(() => server?.stop());

test('records a workflow with its model call, tool, tokens, cost and session', async () => {
  const exporter = new OpenAITracingExporter({ endpoint: `${server.url}/v1/traces/ingest`, apiKey: 'any' });
  const processor = new BatchTraceProcessor(exporter);
  setTraceProcessors([processor]);
  setTracingDisabled(false);
  let traceId = '';
  await withTrace(
    'support',
    async (trace) => {
      traceId = trace.traceId;
      await withFunctionSpan(async () => 'order 7', {
        data: { name: 'find_order', input: '7', output: 'order 7' },
      });
      await withGenerationSpan(async () => 'It arrives on Monday.', {
        data: {
          model: 'gpt-4o',
          model_config: { temperature: 0.2 },
          input: [{ role: 'user', content: 'Where is order 7?' }],
          output: [{ role: 'assistant', content: 'It arrives on Monday.' }],
          usage: { input_tokens: 1000, output_tokens: 50 },
        },
      });
    },
    { groupId: 'visit-1', metadata: { plan: 'pro' } },
  );
  await processor.forceFlush();

  await eventually('the settled trace', async () => {
    const { spans, name, sessionId, inputTokens, outputTokens } = await server.getTrace(traceId, 3);
    const tree = spans
      .map((span) => [span.name, span.kind, span.parentSpanId, span.durationMs !== null])
      .sort();
    return { tree, name, sessionId, inputTokens, outputTokens };
  }).toEqual({
    tree: [
      ['find_order', 'tool', traceId, true],
      ['generation', 'llm', traceId, true],
      ['support', 'chain', null, true],
    ],
    name: 'support',
    sessionId: 'visit-1',
    inputTokens: 1000,
    outputTokens: 50,
  });
  const trace = await server.getTrace(traceId, 3);
  expect(await server.findSpan(trace, ({ kind }) => kind === 'llm')).toMatchObject({
    model: 'gpt-4o',
    costUsd: priceOf('gpt-4o', { input: 1000, output: 50 }),
    parameters: { temperature: 0.2 },
    inputMessages: [{ role: 'user', parts: [{ type: 'text', content: 'Where is order 7?' }] }],
    outputMessages: [{ role: 'assistant', parts: [{ type: 'text', content: 'It arrives on Monday.' }] }],
  });
  expect(await server.findSpan(trace, ({ kind }) => kind === 'tool')).toMatchObject({
    toolName: 'find_order',
  });
});
