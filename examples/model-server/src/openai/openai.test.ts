import OpenAI, { APIError, NotFoundError, RateLimitError } from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createModelServer } from '../model-server.ts';
import { when } from '../script.ts';

const server = createModelServer({
  scripts: [
    when({ user: 'too fast', times: 1 }, { fault: { kind: 'status', status: 429, retryAfterSeconds: 7 } }),
    when({ user: 'break down' }, { fault: { kind: 'status', status: 500 } }),
    when(
      { user: 'stumble' },
      { text: 'one two three four', fault: { kind: 'stream-error', afterChunks: 3 } },
    ),
    when({ user: 'hang up' }, { text: 'one two three four', fault: { kind: 'disconnect', afterChunks: 3 } }),
    when({ user: 'slowly' }, { text: 'a b c', firstTokenMs: 60, tokenMs: 10 }),
    when({ user: 'the usual' }, { text: 'abcdefgh' }),
  ],
});
let listening: Awaited<ReturnType<typeof server.listen>>;
let openai: OpenAI;

beforeAll(async () => {
  listening = await server.listen(0);
  openai = new OpenAI({ baseURL: `${listening.url}/v1`, apiKey: 'any', maxRetries: 0 });
});
afterAll(() => listening.close());

const user = (content: string) => ({ role: 'user' as const, content });

const orderTool = {
  type: 'function' as const,
  function: {
    name: 'lookup_order',
    description: 'Status of an order',
    parameters: { type: 'object', properties: { orderId: { type: 'string' } }, required: ['orderId'] },
  },
};

const documents = `<document id="returns" title="Returns">You can return a parcel within 30 days. Keep the receipt.</document>
<document id="mugs" title="Mugs">Mugs are made of clay.</document>`;

test('a chat response has a finish reason and usage', async () => {
  const answer = await openai.chat.completions.create({
    model: 'gpt-4o-mini',
    messages: [user('the usual')],
  });
  expect(answer.choices[0]?.message.content).toBe('abcdefgh');
  expect(answer.choices[0]?.finish_reason).toBe('stop');
  // "\nuser\nthe usual" is 15 characters; the answer is 8.
  expect(answer.usage).toMatchObject({ prompt_tokens: 4, completion_tokens: 2, total_tokens: 6 });
  expect(answer.usage?.prompt_tokens_details?.cached_tokens).toBe(0);
});

test('the brain quotes the documents of the prompt', async () => {
  const answer = await openai.chat.completions.create({
    model: 'gpt-4o',
    messages: [{ role: 'system', content: documents }, user('Until when can I return my parcel?')],
  });
  expect(answer.choices[0]?.message.content).toBe('You can return a parcel within 30 days. [returns]');
});

test('the brain does not answer a question that the documents do not answer', async () => {
  const answer = await openai.chat.completions.create({
    model: 'gpt-4o',
    messages: [{ role: 'system', content: documents }, user('Who is the president of Atlantis?')],
  });
  expect(answer.choices[0]?.message.content).toBe('I could not find an answer to that in the documents.');
});

test('several choices each have a text, and their tokens are added', async () => {
  const answer = await openai.chat.completions.create({
    model: 'gpt-4o',
    n: 3,
    messages: [user('the usual')],
  });
  expect(answer.choices.map((choice) => [choice.index, choice.message.content])).toEqual([
    [0, 'abcdefgh'],
    [1, 'abcdefgh'],
    [2, 'abcdefgh'],
  ]);
  expect(answer.usage?.completion_tokens).toBe(6);
});

test('a stream returns the text in chunks and then the usage', async () => {
  const stream = await openai.chat.completions.create({
    model: 'gpt-4o',
    stream: true,
    stream_options: { include_usage: true },
    messages: [user('slowly')],
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe('a b c');
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe('stop');
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 2 } });
});

test('a question about two orders makes two parallel calls, whose results become the answer', async () => {
  const messages = [user('Where are my orders A-1001 and A-1002?')];
  const toolCalling = await openai.chat.completions.create({ model: 'gpt-4o', tools: [orderTool], messages });
  const message = toolCalling.choices[0]?.message;
  expect(toolCalling.choices[0]?.finish_reason).toBe('tool_calls');
  const calls = (message?.tool_calls ?? []).filter((call) => call.type === 'function');
  expect(calls.map((call) => [call.function.name, call.function.arguments])).toEqual([
    ['lookup_order', '{"orderId":"A-1001"}'],
    ['lookup_order', '{"orderId":"A-1002"}'],
  ]);
  if (message === undefined) throw new Error('no message');

  const answered = await openai.chat.completions.create({
    model: 'gpt-4o',
    tools: [orderTool],
    messages: [
      ...messages,
      message,
      ...calls.map((call, index) => ({
        role: 'tool' as const,
        tool_call_id: call.id,
        content: JSON.stringify({ orderId: `A-100${index + 1}`, status: index === 0 ? 'shipped' : 'packed' }),
      })),
    ],
  });
  expect(answered.choices[0]?.message.content).toBe(
    'Order A-1001: status shipped. Order A-1002: status packed.',
  );
});

test('the model makes one call at a time if parallel calls are off', async () => {
  const toolCalling = await openai.chat.completions.create({
    model: 'gpt-4o',
    tools: [orderTool],
    parallel_tool_calls: false,
    messages: [user('Orders A-1001 and A-1002?')],
  });
  expect(toolCalling.choices[0]?.message.tool_calls?.length).toBe(1);
});

test('the SDK combines streamed tool calls', async () => {
  const stream = openai.chat.completions.stream({
    model: 'gpt-4o',
    tools: [orderTool],
    messages: [user('Where is A-1001?')],
  });
  const final = await stream.finalChatCompletion();
  const call = final.choices[0]?.message.tool_calls?.[0];
  expect(call?.type === 'function' && call.function.arguments).toBe('{"orderId":"A-1001"}');
});

test('the response matches a given JSON schema', async () => {
  const answer = await openai.chat.completions.create({
    model: 'gpt-4o',
    messages: [{ role: 'system', content: documents }, user('Until when can I return my parcel?')],
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'answer',
        schema: {
          type: 'object',
          properties: {
            answer: { type: 'string' },
            sources: { type: 'array', items: { type: 'string' } },
            days: { type: 'integer' },
            found: { type: 'boolean' },
          },
        },
      },
    },
  });
  expect(JSON.parse(answer.choices[0]?.message.content ?? '')).toEqual({
    answer: 'You can return a parcel within 30 days. [returns]',
    sources: ['returns'],
    days: 30,
    found: true,
  });
});

test('the brain reports the size of an image', async () => {
  const png =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const answer = await openai.chat.completions.create({
    model: 'gpt-4o',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${png}` } },
        ],
      },
    ],
  });
  expect(answer.choices[0]?.message.content).toBe('I see a picture of 1 × 1 pixels (image/png).');
  expect(answer.usage?.prompt_tokens).toBe(85 + Math.ceil('\nuser\nWhat is this?'.length / 4));
});

test('a repeated long prompt is cached in steps of 128 tokens', async () => {
  const messages = [{ role: 'system' as const, content: 'The house rules. '.repeat(300) }, user('the usual')];
  const first = await openai.chat.completions.create({ model: 'gpt-4.1', messages });
  const second = await openai.chat.completions.create({ model: 'gpt-4.1', messages });
  expect(first.usage?.prompt_tokens_details?.cached_tokens).toBe(0);
  expect(second.usage?.prompt_tokens).toBe(1281);
  expect(second.usage?.prompt_tokens_details?.cached_tokens).toBe(1280);
});

test('reasoning tokens count as output', async () => {
  const answer = await openai.chat.completions.create({ model: 'gpt-5', messages: [user('Hello there')] });
  const details = answer.usage?.completion_tokens_details;
  expect(details?.reasoning_tokens).toBeGreaterThan(5);
  expect(answer.usage?.completion_tokens).toBe(
    (details?.reasoning_tokens ?? 0) + Math.ceil('You said: Hello there'.length / 4),
  );
});

test('an answer above the token limit is truncated and finishes with length', async () => {
  const answer = await openai.chat.completions.create({
    model: 'gpt-4o',
    max_completion_tokens: 1,
    messages: [user('the usual')],
  });
  expect(answer.choices[0]).toMatchObject({ finish_reason: 'length', message: { content: 'abcd' } });
});

test('errors have the format that the SDK expects', async () => {
  const ask = (content: string, model = 'gpt-4o') =>
    openai.chat.completions.create({ model, messages: [user(content)] }).catch((error: unknown) => error);

  const limited = await ask('too fast');
  expect(limited).toBeInstanceOf(RateLimitError);
  expect(limited).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
  expect((limited as APIError).headers?.get('retry-after')).toBe('7');
  expect((await ask('too fast')) instanceof Error).toBe(false);

  expect(await ask('break down')).toMatchObject({ status: 500, type: 'server_error' });
  expect(await ask('hello', 'gpt-9')).toBeInstanceOf(NotFoundError);
  const empty = await openai.chat.completions
    .create({ model: 'gpt-4o', messages: [] })
    .catch((error: unknown) => error);
  expect(empty).toMatchObject({ status: 400, param: 'messages', type: 'invalid_request_error' });
  const unauthorized = new OpenAI({ baseURL: `${listening.url}/v1`, apiKey: 'invalid', maxRetries: 0 });
  expect(await unauthorized.models.list().catch((error: unknown) => error)).toMatchObject({ status: 401 });
});

test.each([
  ['stumble', 'The server had an error'],
  ['hang up', 'terminated'],
])('a broken stream (%s) returns its first chunks and then the error', async (content, message) => {
  const stream = await openai.chat.completions.create({
    model: 'gpt-4o',
    stream: true,
    messages: [user(content)],
  });
  let text = '';
  const read = async () => {
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  };
  await expect(read()).rejects.toThrow(message);
  expect(text).toBe('one two');
});

test('responses have text, reasoning and usage', async () => {
  const answer = await openai.responses.create({
    model: 'gpt-5-mini',
    instructions: 'Be short.',
    input: 'the usual',
  });
  expect(answer.output_text).toBe('abcdefgh');
  expect(answer.status).toBe('completed');
  const thinking = await openai.responses.create({ model: 'gpt-5-mini', input: 'Hello' });
  expect(thinking.output.map((item) => item.type)).toEqual(['reasoning', 'message']);
  expect(thinking.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0);
});

test('the SDK combines streamed responses with text and function calls', async () => {
  const text = await openai.responses.stream({ model: 'gpt-4o', input: 'slowly' }).finalResponse();
  expect(text.output_text).toBe('a b c');
  expect(text.usage?.output_tokens).toBe(2);

  const called = await openai.responses
    .stream({
      model: 'gpt-4o',
      input: 'Where is A-1001?',
      tools: [{ type: 'function', strict: false, ...orderTool.function }],
    })
    .finalResponse();
  expect(called.output[0]).toMatchObject({
    type: 'function_call',
    name: 'lookup_order',
    arguments: '{"orderId":"A-1001"}',
  });
});

test('a broken stream of responses throws', async () => {
  const stream = await openai.responses.create({ model: 'gpt-4o', input: 'stumble', stream: true });
  const types: string[] = [];
  const read = async () => {
    for await (const event of stream) types.push(event.type);
  };
  await expect(read()).rejects.toThrow(APIError);
  expect(types.filter((type) => type === 'response.output_text.delta')).toHaveLength(3);
});

test('embeddings of similar texts are similar in both encodings', async () => {
  const input = ['How do I return a parcel?', 'Returning parcels', 'The weather on Mars'];
  const answer = await openai.embeddings.create({ model: 'text-embedding-3-small', input, dimensions: 256 });
  const floats = await openai.embeddings.create({
    model: 'text-embedding-3-small',
    input,
    dimensions: 256,
    encoding_format: 'float',
  });
  const [question = [], near = [], far = []] = answer.data.map((entry) => entry.embedding);
  const dot = (a: number[], b: number[]) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  expect(question).toHaveLength(256);
  expect(dot(question, question)).toBeCloseTo(1, 5);
  expect(dot(question, near)).toBeGreaterThan(0.6);
  expect(dot(question, far)).toBeLessThan(0.2);
  expect(floats.data[0]?.embedding).toEqual(question);
  expect(answer.usage.prompt_tokens).toBe(7 + 5 + 5);
});

test('the models endpoint lists models', async () => {
  const ids = [];
  for await (const model of openai.models.list()) ids.push(model.id);
  expect(ids).toContain('gpt-4o-mini');
});
