/** An instrumentation that was registered earlier: a call is one span, and the application works. */
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import { init, instrument, shutdown } from '@throughline/sdk';
import { InMemoryExporter } from '@throughline/sdk/testing';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createProviderServer, readAll } from './support.ts';

const modelServer = createProviderServer();
let models: Awaited<ReturnType<typeof modelServer.listen>>;
const spans = new InMemoryExporter();
const said: string[] = [];

beforeAll(async () => {
  models = await modelServer.listen(0);
  init({ exporter: spans });
  vi.spyOn(console, 'warn').mockImplementation((text: string) => said.push(text));
  new OpenAIInstrumentation().manuallyInstrument({ OpenAI } as unknown as typeof OpenAI);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await shutdown();
  await models.close();
});

it('does not trace the calls of the other one again, reports that, and traces the rest', async () => {
  const openai = instrument(new OpenAI({ baseURL: `${models.url}/v1`, apiKey: 'any' }));
  const messages = [{ role: 'user' as const, content: 'capital of France' }];
  await openai.chat.completions.create({ model: 'gpt-4o', messages });
  await readAll(await openai.chat.completions.create({ model: 'gpt-4o', messages, stream: true }));
  expect(spans.spans.map(({ name }) => name)).toEqual(['OpenAI Chat Completions', 'OpenAI Chat Completions']);
  expect(said).toContain(
    '[throughline] openai chat.completions.create is already traced by another instrumentation and is not traced again',
  );
  await openai.images.generate({ model: 'gpt-image-1', prompt: 'A red dot' });
  expect(spans.spans.at(-1)?.name).toBe('generate_content gpt-image-1');
  expect(spans.spans).toHaveLength(3);
});
