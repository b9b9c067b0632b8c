import Anthropic from '@anthropic-ai/sdk';
import { AnthropicInstrumentation } from '@arizeai/openinference-instrumentation-anthropic';
import type { Producer, Recorder } from './recorder.ts';
import { HANDBOOK, PNG_BASE64, SYSTEM, WEATHER_SCHEMA } from './samples.ts';

const PRODUCER: Producer = {
  dialect: 'openinference',
  packageName: '@arizeai/openinference-instrumentation-anthropic',
  scope: '@arizeai/openinference-instrumentation-anthropic',
};

/** The SDK also creates its own spans, without content, as children of those of the instrumentation. */
const SDK: Producer = {
  dialect: 'otel-genai',
  packageName: '@anthropic-ai/sdk',
  scope: 'com.anthropic.sdk.typescript',
};

export async function captureAnthropic({ provider, record }: Recorder, url: string): Promise<void> {
  const instrumentation = new AnthropicInstrumentation({ tracerProvider: provider });
  instrumentation.manuallyInstrument(Anthropic);
  const client = new Anthropic({ apiKey: 'any', baseURL: url, maxRetries: 0 });
  const save = (name: string, program: () => Promise<unknown>) => record(PRODUCER, name, program);
  const base = { model: 'claude-haiku-4-5', max_tokens: 200 };
  const tools = [{ name: 'get_weather', description: 'Weather of a city', input_schema: WEATHER_SCHEMA }];

  await save('messages', () =>
    client.messages.create({ ...base, system: SYSTEM, messages: [{ role: 'user', content: 'Say hello.' }] }),
  );
  await save('messages-stream', async () => {
    const stream = await client.messages.create({
      ...base,
      stream: true,
      messages: [{ role: 'user', content: 'Say hello.' }],
    });
    for await (const _event of stream);
  });
  await save('messages-tools', async () => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: 'What is the weather in Paris?' }];
    const first = await client.messages.create({ ...base, messages, tools });
    const use = first.content.find((block) => block.type === 'tool_use');
    if (use === undefined) return;
    messages.push(
      { role: 'assistant', content: first.content },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: use.id, content: '{"temperature":21,"sky":"sunny"}' }],
      },
    );
    await client.messages.create({ ...base, messages, tools });
  });
  await save('messages-image', () =>
    client.messages.create({
      ...base,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG_BASE64 } },
            { type: 'text', text: 'What is in this picture?' },
          ],
        },
      ],
    }),
  );
  await save('messages-cached', async () => {
    const ask = (question: string) =>
      client.messages.create({
        ...base,
        system: [{ type: 'text', text: HANDBOOK, cache_control: { type: 'ephemeral' } }],
        messages: [{ role: 'user', content: question }],
      });
    await ask('How long can I return goods?');
    await ask('Must they be unused?');
  });
  await save('messages-thinking', () =>
    client.messages.create({
      ...base,
      max_tokens: 2000,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [{ role: 'user', content: 'Think: what is six times seven?' }],
    }),
  );
  await save('messages-error', () =>
    client.messages.create({ ...base, messages: [{ role: 'user', content: 'Fail, please.' }] }),
  );
  await record(SDK, 'messages-cached', async () => {
    const ask = (question: string) =>
      client.messages.create({
        ...base,
        system: [{ type: 'text', text: HANDBOOK, cache_control: { type: 'ephemeral', ttl: '1h' } }],
        messages: [{ role: 'user', content: question }],
      });
    await ask('What may I return?');
    await ask('Are returns free?');
  });
  await record(SDK, 'messages-error', () =>
    client.messages.create({ ...base, messages: [{ role: 'user', content: 'Fail, please.' }] }),
  );
  const open = new Anthropic({
    apiKey: 'any',
    baseURL: url,
    maxRetries: 0,
    openTelemetry: { traces: { contentMode: 'content' } },
  });
  await record(SDK, 'messages-content', async () => {
    const messages: Anthropic.MessageParam[] = [
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG_BASE64 } },
          { type: 'text', text: 'What is the weather in Paris?' },
        ],
      },
    ];
    const first = await open.messages.create({ ...base, system: SYSTEM, messages, tools });
    const use = first.content.find((block) => block.type === 'tool_use');
    if (use === undefined) return;
    messages.push(
      { role: 'assistant', content: first.content },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: use.id, content: '{"temperature":21}' }],
      },
    );
    const stream = await open.messages.create({ ...base, system: SYSTEM, messages, tools, stream: true });
    for await (const _event of stream);
  });
}
