import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import OpenAI from 'openai';
import type { Producer, Recorder } from './recorder.ts';
import { HANDBOOK, PNG_URL, SYSTEM, WEATHER_SCHEMA } from './samples.ts';

const PRODUCER: Producer = {
  dialect: 'openinference',
  packageName: '@arizeai/openinference-instrumentation-openai',
  scope: '@arizeai/openinference-instrumentation-openai',
};

export async function captureOpenAi({ provider, record }: Recorder, url: string): Promise<void> {
  const instrumentation = new OpenAIInstrumentation({ tracerProvider: provider });
  instrumentation.manuallyInstrument(OpenAI);
  const client = new OpenAI({ apiKey: 'any', baseURL: `${url}/v1`, maxRetries: 0 });
  const save = (name: string, program: () => Promise<unknown>) => record(PRODUCER, name, program);
  const model = 'gpt-4o-mini';
  const tool = {
    type: 'function' as const,
    function: { name: 'get_weather', description: 'Weather of a city', parameters: WEATHER_SCHEMA },
  };

  await save('chat', () =>
    client.chat.completions.create({
      model,
      temperature: 0.2,
      max_completion_tokens: 100,
      messages: [
        { role: 'system', content: SYSTEM },
        { role: 'user', content: 'Say hello.' },
      ],
    }),
  );
  await save('chat-stream', async () => {
    const stream = await client.chat.completions.create({
      model,
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'Say hello.' }],
    });
    for await (const _chunk of stream);
  });
  await save('chat-tools', async () => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [
      { role: 'user', content: 'What is the weather in Paris?' },
    ];
    const first = await client.chat.completions.create({ model, messages, tools: [tool] });
    const answer = first.choices[0]?.message;
    if (answer === undefined) return;
    const id = answer.tool_calls?.[0]?.id ?? '';
    messages.push(answer, { role: 'tool', tool_call_id: id, content: '{"temperature":21,"sky":"sunny"}' });
    await client.chat.completions.create({ model, messages, tools: [tool] });
  });
  await save('chat-tools-stream', async () => {
    const stream = await client.chat.completions.create({
      model,
      stream: true,
      messages: [{ role: 'user', content: 'What is the weather in Paris?' }],
      tools: [tool],
    });
    for await (const _chunk of stream);
  });
  await save('chat-image', () =>
    client.chat.completions.create({
      model,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is in this picture?' },
            { type: 'image_url', image_url: { url: PNG_URL } },
          ],
        },
      ],
    }),
  );
  await save('chat-cached', async () => {
    const ask = (question: string) =>
      client.chat.completions.create({
        model,
        messages: [
          { role: 'system', content: HANDBOOK },
          { role: 'user', content: question },
        ],
      });
    await ask('How long can I return goods?');
    await ask('Must they be unused?');
  });
  // A failed call is missing, because this version never ends its span.
  await save('embeddings', () =>
    client.embeddings.create({
      model: 'text-embedding-3-small',
      input: ['return policy', 'opening hours'],
      dimensions: 4,
      encoding_format: 'float',
    }),
  );
  await save('responses', () =>
    client.responses.create({ model, instructions: SYSTEM, input: 'Say hello.', max_output_tokens: 100 }),
  );
  await save('responses-tools-stream', async () => {
    const stream = await client.responses.create({
      model,
      stream: true,
      input: [{ role: 'user', content: 'What is the weather in Paris?' }],
      tools: [{ type: 'function', name: 'get_weather', parameters: WEATHER_SCHEMA, strict: false }],
    });
    for await (const _event of stream);
  });
  await save('responses-reasoning', () =>
    client.responses.create({
      model: 'o4-mini',
      reasoning: { effort: 'low', summary: 'auto' },
      input: 'Think: what is six times seven?',
    }),
  );
}
