import { createOpenAI } from 'ai-sdk-openai3';
import { embedMany, generateObject, generateText, jsonSchema, stepCountIs, streamText, tool } from 'ai6';
import type { Producer, Recorder } from './recorder.ts';
import { PNG_BASE64, SYSTEM, WEATHER_SCHEMA } from './samples.ts';

const PRODUCER: Producer = { dialect: 'ai-sdk-legacy', packageName: 'ai6', publishedAs: 'ai', scope: 'ai' };

export async function captureAiSdkLegacy({ record }: Recorder, url: string): Promise<void> {
  const openai = createOpenAI({ apiKey: 'any', baseURL: `${url}/v1` });
  const save = (name: string, program: () => Promise<unknown>) => record(PRODUCER, name, program);
  const experimental_telemetry = {
    isEnabled: true,
    functionId: 'greeter',
    metadata: { userId: 'user-1', tier: 'gold' },
  };
  const model = openai.chat('gpt-4o-mini');
  const tools = {
    get_weather: tool({
      description: 'Weather of a city',
      inputSchema: jsonSchema<{ city: string }>(WEATHER_SCHEMA),
      execute: async ({ city }) => ({ city, temperature: 21 }),
    }),
  };
  await save('text', () =>
    generateText({ model, system: SYSTEM, prompt: 'Say hello.', temperature: 0.2, experimental_telemetry }),
  );
  await save('stream', async () => {
    const result = streamText({ model, prompt: 'Say hello.', experimental_telemetry });
    for await (const _text of result.textStream);
  });
  await save('tools', () =>
    generateText({
      model,
      prompt: 'What is the weather in Paris?',
      tools,
      stopWhen: stepCountIs(3),
      experimental_telemetry,
    }),
  );
  await save('image', () =>
    generateText({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is in this picture?' },
            { type: 'image', image: PNG_BASE64, mediaType: 'image/png' },
          ],
        },
      ],
      experimental_telemetry,
    }),
  );
  await save('object', () =>
    generateObject({
      model,
      prompt: 'Name a city.',
      schema: jsonSchema<{ city: string }>(WEATHER_SCHEMA),
      experimental_telemetry,
    }),
  );
  await save('error', () =>
    generateText({ model, prompt: 'Fail, please.', maxRetries: 0, experimental_telemetry }),
  );
  await save('embed-many', () =>
    embedMany({
      model: openai.embedding('text-embedding-3-small'),
      values: ['return policy', 'opening hours'],
      providerOptions: { openai: { dimensions: 4 } },
      experimental_telemetry,
    }),
  );
}
