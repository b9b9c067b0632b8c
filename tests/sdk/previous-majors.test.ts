/** Effects of `--import @throughline/sdk/register` on modules when they are loaded, for previous major versions. */
import { init, shutdown } from '@throughline/sdk';
import { InMemoryExporter } from '@throughline/sdk/testing';
import * as anthropic0 from 'anthropic0';
import * as cohere7 from 'cohere7';
import * as genai2 from 'genai2';
import * as mistral1 from 'mistral1';
import * as openai6 from 'openai6';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PROVIDERS } from '../../packages/sdk/src/providers/providers.ts';
import { answerOf, createProviderServer, facts } from './support.ts';

const modelServer = createProviderServer();
let models: Awaited<ReturnType<typeof modelServer.listen>>;
const spans = new InMemoryExporter();

beforeAll(async () => {
  models = await modelServer.listen(0);
  init({ exporter: spans });
});
afterAll(async () => {
  await shutdown();
  await models.close();
});

const question = 'What is the capital of France?';
const messages = [{ role: 'user' as const, content: question }];

it.each<[name: string, exports: object, provider: string, call: () => Promise<unknown>]>([
  [
    'openai',
    openai6,
    'openai',
    () =>
      new openai6.OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any' }).chat.completions.create({
        model: 'gpt-4o',
        messages,
      }),
  ],
  [
    'anthropic',
    anthropic0,
    'anthropic',
    () =>
      new anthropic0.Anthropic({ baseURL: models.url, apiKey: 'any' }).messages.create({
        model: 'claude-sonnet-4-20250514',
        max_tokens: 100,
        messages,
      }),
  ],
  [
    'google-genai',
    genai2,
    'gcp.gemini',
    () =>
      new genai2.GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: models.url } }).models.generateContent({
        model: 'gemini-2.5-flash',
        contents: question,
      }),
  ],
  [
    'mistral',
    mistral1,
    'mistral_ai',
    () =>
      new mistral1.Mistral({ apiKey: 'any', serverURL: models.url }).chat.complete({
        model: 'mistral-large-2411',
        messages,
      }),
  ],
  [
    'cohere',
    cohere7,
    'cohere',
    () =>
      new cohere7.CohereClientV2({ token: 'any', environment: models.url }).chat({
        model: 'command-r-plus',
        messages,
      }),
  ],
])('%s', async (name, exports, provider, call) => {
  const row = PROVIDERS.find((integration) => integration.name === name);
  for (let i = 0; i < 2; i++) row?.patch?.(exports as never, { name, version: '' });
  spans.clear();
  await call();
  expect(spans.spans).toHaveLength(1);
  expect(facts(spans.spans[0])).toMatchObject({
    kind: 'llm',
    'gen_ai.provider.name': provider,
    'gen_ai.usage.output_tokens': 8,
  });
  expect(answerOf(spans.spans[0])).toMatchObject([
    { parts: [{ content: 'Paris is the capital of France.' }] },
  ]);
});
