import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { OpenTelemetry } from '@ai-sdk/otel';
import {
  embed,
  embedMany,
  generateText,
  isStepCount,
  jsonSchema,
  Output,
  rerank,
  streamText,
  tool,
} from 'ai';
import type { Producer, Recorder } from './recorder.ts';
import { PNG_BASE64, SYSTEM, WEATHER_SCHEMA } from './samples.ts';

const PRODUCER: Producer = { dialect: 'otel-genai', packageName: '@ai-sdk/otel', scope: 'gen_ai' };

export async function captureAiSdk({ provider, record }: Recorder, url: string): Promise<void> {
  const tracer = provider.getTracer('gen_ai');
  const openai = createOpenAI({ apiKey: 'any', baseURL: `${url}/v1` });
  const anthropic = createAnthropic({ apiKey: 'any', baseURL: `${url}/v1` });
  const save = (name: string, program: () => Promise<unknown>) => record(PRODUCER, name, program);
  const telemetry = { isEnabled: true, functionId: 'greeter', integrations: [new OpenTelemetry({ tracer })] };
  const everything = new OpenTelemetry({
    tracer,
    usage: true,
    providerMetadata: true,
    embedding: true,
    reranking: true,
    runtimeContext: true,
    headers: true,
    toolChoice: true,
    schema: true,
  });
  const full = { isEnabled: true, functionId: 'support-agent', integrations: [everything] };
  const model = openai.chat('gpt-4o-mini');
  const small = openai.embedding('text-embedding-3-small');
  const short = { openai: { dimensions: 4 } };
  const tools = {
    get_weather: tool({
      description: 'Weather of a city',
      inputSchema: jsonSchema<{ city: string }>(WEATHER_SCHEMA),
      execute: async ({ city }) => ({ city, temperature: 21 }),
    }),
  };

  await save('text', () =>
    generateText({ model, instructions: SYSTEM, prompt: 'Say hello.', temperature: 0.2, telemetry }),
  );
  await save('stream', async () => {
    const result = streamText({ model, prompt: 'Say hello.', telemetry });
    for await (const _text of result.textStream);
  });
  await save('tools', () =>
    generateText({
      model,
      prompt: 'What is the weather in Paris?',
      tools,
      stopWhen: isStepCount(3),
      runtimeContext: { userId: 'user-1', sessionId: 'session-1' },
      telemetry: { ...full, includeRuntimeContext: { userId: true, sessionId: true } },
    }),
  );
  await save('tool-error', () =>
    generateText({
      model,
      prompt: 'What is the weather in Paris?',
      tools: {
        get_weather: tool({
          inputSchema: jsonSchema<{ city: string }>(WEATHER_SCHEMA),
          execute: async (): Promise<{ temperature: number }> => {
            throw new Error('The weather service is down.');
          },
        }),
      },
      telemetry,
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
            { type: 'file', mediaType: 'image/png', data: PNG_BASE64 },
          ],
        },
      ],
      telemetry,
    }),
  );
  await save('object', () =>
    generateText({
      model,
      prompt: 'Name a city.',
      output: Output.object({ schema: jsonSchema<{ city: string }>(WEATHER_SCHEMA) }),
      telemetry: full,
    }),
  );
  await save('anthropic-thinking', () =>
    generateText({
      model: anthropic('claude-haiku-4-5'),
      prompt: 'Think: what is six times seven?',
      providerOptions: { anthropic: { thinking: { type: 'enabled', budgetTokens: 1024 } } },
      telemetry: full,
    }),
  );
  await save('responses', () =>
    generateText({ model: openai('gpt-4o-mini'), prompt: 'Say hello.', telemetry }),
  );
  await save('error', () => generateText({ model, prompt: 'Fail, please.', maxRetries: 0, telemetry }));
  await save('embed', () =>
    embed({ model: small, value: 'return policy', providerOptions: short, telemetry: full }),
  );
  await save('embed-many', () =>
    embedMany({
      model: small,
      values: ['return policy', 'opening hours'],
      providerOptions: short,
      telemetry: full,
    }),
  );
  await save('rerank', () =>
    rerank({
      model: {
        specificationVersion: 'v4',
        provider: 'cohere.reranking',
        modelId: 'rerank-v3.5',
        doRerank: async () => ({
          ranking: [
            { index: 1, relevanceScore: 0.92 },
            { index: 0, relevanceScore: 0.31 },
          ],
        }),
      },
      query: 'How long can I return goods?',
      documents: ['Shipping takes two days.', 'Returns are free within thirty days.'],
      topN: 2,
      telemetry: full,
    }),
  );
}
