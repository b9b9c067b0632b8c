/** One call of every provider, sent by the SDK to a running server: the resulting facts, with the cost. */

import Anthropic from '@anthropic-ai/sdk';
import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { GoogleGenAI } from '@google/genai';
import { Mistral } from '@mistralai/mistralai';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { flush, init, instrument, shutdown, startTrace } from '@throughline/sdk';
import { CohereClientV2 } from 'cohere-ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { priceOf } from '../support/prices.ts';
import { startTestServer, type TestServer } from '../support/start-server.ts';
import { createProviderServer, readAll } from './support.ts';

const modelServer = createProviderServer();
let models: Awaited<ReturnType<typeof modelServer.listen>>;
let server: TestServer;

beforeAll(async () => {
  models = await modelServer.listen(0);
  server = await startTestServer();
  init({ endpoint: server.url, project: server.project });
});
afterAll(async () => {
  await shutdown();
  await server?.stop();
  await models?.close();
});

const question = 'What is the capital of France?';
const messages = [{ role: 'user' as const, content: question }];

interface Case {
  readonly provider: string;
  readonly model: Parameters<typeof priceOf>[0];
  readonly inputTokens: number;
  readonly finishReason: string;
  readonly stream: () => Promise<unknown>;
}

const CASES: Record<string, Case> = {
  openai: {
    provider: 'openai',
    model: 'gpt-4o',
    inputTokens: 9,
    finishReason: 'stop',
    stream: async () => {
      const openai = instrument(new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any' }));
      return readAll(await openai.chat.completions.create({ model: 'gpt-4o', stream: true, messages }));
    },
  },
  anthropic: {
    provider: 'anthropic',
    model: 'claude-sonnet-4-20250514',
    inputTokens: 9,
    finishReason: 'end_turn',
    stream: async () => {
      const anthropic = instrument(new Anthropic({ baseURL: models.url, apiKey: 'any' }));
      return anthropic.messages
        .stream({ model: 'claude-sonnet-4-20250514', max_tokens: 100, messages })
        .finalMessage();
    },
  },
  google: {
    provider: 'gcp.gemini',
    model: 'gemini-2.5-flash',
    inputTokens: 9,
    finishReason: 'STOP',
    stream: async () => {
      const google = instrument(new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: models.url } }));
      return readAll(
        await google.models.generateContentStream({ model: 'gemini-2.5-flash', contents: question }),
      );
    },
  },
  mistral: {
    provider: 'mistral_ai',
    model: 'mistral-large-2411',
    inputTokens: 9,
    finishReason: 'stop',
    stream: async () => {
      const mistral = instrument(new Mistral({ apiKey: 'any', serverURL: models.url }));
      return readAll(await mistral.chat.stream({ model: 'mistral-large-2411', messages }));
    },
  },
  cohere: {
    provider: 'cohere',
    model: 'command-r-plus',
    inputTokens: 9,
    finishReason: 'COMPLETE',
    stream: async () => {
      const cohere = instrument(new CohereClientV2({ token: 'any', environment: models.url }));
      return readAll(await cohere.chatStream({ model: 'command-r-plus', messages }));
    },
  },
  bedrock: {
    provider: 'aws.bedrock',
    model: 'amazon.nova-pro-v1:0',
    inputTokens: 9,
    finishReason: 'end_turn',
    stream: async () => {
      const bedrock = instrument(
        new BedrockRuntimeClient({
          region: 'us-east-1',
          endpoint: models.url,
          credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
          requestHandler: new NodeHttpHandler(),
        }),
      );
      const { stream } = await bedrock.send(
        new ConverseStreamCommand({
          modelId: 'amazon.nova-pro-v1:0',
          messages: [{ role: 'user', content: [{ text: question }] }],
        }),
      );
      return readAll(stream ?? ([] as never));
    },
  },
};

it.each(Object.entries(CASES))('%s', async (name, { provider, model, inputTokens, finishReason, stream }) => {
  const root = startTrace(name, { kind: 'chain' });
  await root.run(stream);
  root.end();
  await flush();
  const trace = await server.getTrace(root.traceId, 2);
  expect(trace.spans).toHaveLength(2);
  const span = await server.findSpan(trace, ({ kind }) => kind === 'llm');
  expect(span).toMatchObject({
    provider,
    model,
    inputTokens,
    outputTokens: 8,
    finishReasons: [finishReason],
    counted: true,
    parentSpanId: root.spanId,
  });
  expect(span.ttftMs).toBeGreaterThan(0);
  expect(span.inputMessages).toMatchObject([{ role: 'user', parts: [{ type: 'text', content: question }] }]);
  expect(span.outputMessages).toMatchObject([
    { role: 'assistant', parts: [{ type: 'text', content: 'Paris is the capital of France.' }] },
  ]);
  expect(span.costUsd).toBeCloseTo(priceOf(model, { input: inputTokens, output: 8 }), 12);
  expect(trace.costUsd).toBeCloseTo(span.costUsd ?? 0, 12);
});
