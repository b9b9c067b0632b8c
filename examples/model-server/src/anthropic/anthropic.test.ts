import Anthropic, { APIError, InternalServerError, RateLimitError } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createModelServer } from '../model-server.ts';
import { when } from '../script.ts';

const server = createModelServer({
  scripts: [
    when({ user: 'too fast' }, { fault: { kind: 'status', status: 429, retryAfterSeconds: 3 } }),
    when({ user: 'crowded' }, { fault: { kind: 'status', status: 529 } }),
    when({ user: 'stumble' }, { text: 'one two three', fault: { kind: 'stream-error', afterChunks: 2 } }),
    when({ user: 'the usual' }, { text: 'abcdefgh' }),
  ],
});
let listening: Awaited<ReturnType<typeof server.listen>>;
let anthropic: Anthropic;

beforeAll(async () => {
  listening = await server.listen(0);
  anthropic = new Anthropic({ baseURL: listening.url, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => listening.close());

const user = (content: string) => ({ role: 'user' as const, content });
const defaults = { model: 'claude-sonnet-4-20250514', max_tokens: 1000 };

const orderTool = {
  name: 'lookup_order',
  description: 'Status of an order',
  input_schema: {
    type: 'object' as const,
    properties: { order_id: { type: 'string' } },
    required: ['order_id'],
  },
};

test('a message has a stop reason and usage', async () => {
  const message = await anthropic.messages.create({
    ...defaults,
    system: 'Be short.',
    messages: [user('the usual')],
  });
  expect(message.content).toEqual([{ type: 'text', text: 'abcdefgh' }]);
  expect(message.stop_reason).toBe('end_turn');
  // "\nsystem\nBe short.\nuser\nthe usual" is 32 characters.
  expect(message.usage).toMatchObject({ input_tokens: 8, output_tokens: 2, cache_read_input_tokens: 0 });
});

test('the model calls a tool and answers with its result', async () => {
  const question = user('Where is order A-1001?');
  const toolUse = await anthropic.messages.create({ ...defaults, tools: [orderTool], messages: [question] });
  expect(toolUse.stop_reason).toBe('tool_use');
  const [call] = toolUse.content;
  expect(call).toMatchObject({ type: 'tool_use', name: 'lookup_order', input: { order_id: 'A-1001' } });
  if (call?.type !== 'tool_use') throw new Error('no call');

  const final = await anthropic.messages.create({
    ...defaults,
    tools: [orderTool],
    messages: [
      question,
      { role: 'assistant', content: toolUse.content },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: call.id, content: '{"order_id":"A-1001","status":"shipped"}' },
        ],
      },
    ],
  });
  expect(final.content).toEqual([{ type: 'text', text: 'Order A-1001: status shipped.' }]);
});

test('the SDK combines a stream of thinking and tool use to a message', async () => {
  const events: string[] = [];
  const stream = anthropic.messages.stream({
    ...defaults,
    thinking: { type: 'enabled', budget_tokens: 1024 },
    max_tokens: 2000,
    tools: [orderTool],
    messages: [user('Where is order A-1001?')],
  });
  stream.on('streamEvent', (event) => events.push(event.type));
  const message = await stream.finalMessage();
  expect(message.content.map((block) => block.type)).toEqual(['thinking', 'tool_use']);
  expect(message.content[1]).toMatchObject({ input: { order_id: 'A-1001' } });
  expect(message.stop_reason).toBe('tool_use');
  expect(message.usage.output_tokens).toBeGreaterThan(10);
  expect(events[0]).toBe('message_start');
  expect(events.at(-1)).toBe('message_stop');
});

test('a marked prefix is written to the cache once and then read', async () => {
  const ask = (content: string) =>
    anthropic.messages.create({
      ...defaults,
      system: [{ type: 'text', text: 'The house rules. '.repeat(300), cache_control: { type: 'ephemeral' } }],
      messages: [user(content)],
    });
  const first = await ask('the usual');
  const second = await ask('the usual, please');
  expect(first.usage).toMatchObject({ cache_creation_input_tokens: 1275, cache_read_input_tokens: 0 });
  expect(second.usage).toMatchObject({ cache_creation_input_tokens: 0, cache_read_input_tokens: 1275 });
  expect(second.usage.input_tokens).toBeLessThan(20);
});

test('errors have the format that the SDK expects', async () => {
  const ask = (content: string, model = defaults.model) =>
    anthropic.messages
      .create({ ...defaults, model, messages: [user(content)] })
      .catch((error: unknown) => error);

  const limited = await ask('too fast');
  expect(limited).toBeInstanceOf(RateLimitError);
  expect((limited as APIError).headers?.get('retry-after')).toBe('3');
  const overloaded = await ask('crowded');
  expect(overloaded).toBeInstanceOf(InternalServerError);
  expect(overloaded).toMatchObject({
    status: 529,
    error: { type: 'error', error: { type: 'overloaded_error' } },
  });
  expect(await ask('hello', 'claude-9')).toMatchObject({ status: 404 });
  expect(
    await anthropic.messages.create({ ...defaults, messages: [] }).catch((error: unknown) => error),
  ).toMatchObject({
    status: 400,
    error: { error: { type: 'invalid_request_error' } },
  });
});

test('a broken stream returns its first chunks and then the error', async () => {
  const stream = await anthropic.messages.create({ ...defaults, stream: true, messages: [user('stumble')] });
  let text = '';
  const read = async () => {
    for await (const event of stream) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
    }
  };
  await expect(read()).rejects.toThrow(APIError);
  expect(text).toBe('one two');
});

test('the token counting endpoint returns the input tokens', async () => {
  const counted = await anthropic.messages.countTokens({
    model: defaults.model,
    messages: [user('the usual')],
  });
  expect(counted.input_tokens).toBe(4);
});
