import { OpenAIInstrumentation } from '@traceloop/instrumentation-openai';
import OpenAI from 'openai';
import type { Producer, Recorder } from './recorder.ts';
import { SYSTEM, WEATHER_SCHEMA } from './samples.ts';

const PRODUCER: Producer = {
  dialect: 'traceloop',
  packageName: '@traceloop/instrumentation-openai',
  scope: '@traceloop/instrumentation-openai',
};

export async function captureTraceloop({ provider, record }: Recorder, url: string): Promise<void> {
  const instrumentation = new OpenAIInstrumentation();
  instrumentation.setTracerProvider(provider);
  instrumentation.manuallyInstrument(OpenAI);
  const client = new OpenAI({ apiKey: 'any', baseURL: `${url}/v1`, maxRetries: 0 });
  const model = 'gpt-4o-mini';
  const messages = [
    { role: 'system' as const, content: SYSTEM },
    { role: 'user' as const, content: 'What is the weather in Paris?' },
  ];
  await record(PRODUCER, 'chat', () =>
    client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Say hello.' }] }),
  );
  await record(PRODUCER, 'tools', () =>
    client.chat.completions.create({
      model,
      messages,
      tools: [{ type: 'function', function: { name: 'get_weather', parameters: WEATHER_SCHEMA } }],
    }),
  );
}
