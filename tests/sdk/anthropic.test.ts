/** Two major versions of `@anthropic-ai/sdk`, traced by `instrument(client)`. The spans of the SDK itself are not repeated. */
import Anthropic1 from '@anthropic-ai/sdk';
import { instrument, shutdown } from '@throughline/sdk';
import Anthropic0 from 'anthropic0';
import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { LONG_RULES, LONG_RULES_TOKENS, ORDER_PARAMETERS } from '../support/model-server.ts';
import {
  answerOf,
  expectCallsApart,
  facts,
  hiccupOnce,
  plain,
  questionOf,
  readAll,
  useProviderServer,
} from './support.ts';

const { modelServer, models, spans } = useProviderServer();

const user = (content: string) => ({ role: 'user' as const, content });
const tool = { name: 'lookup_order', description: 'Status of an order', input_schema: ORDER_PARAMETERS };
const model = 'claude-sonnet-4-20250514' as const;
const ask = (content: string) => ({ model, max_tokens: 2000, messages: [user(content)] });

describe.each([
  ['1', Anthropic1],
  ['0', Anthropic0 as unknown as typeof Anthropic1],
])('@anthropic-ai/sdk %s', (major, Anthropic) => {
  const bareClient = (maxRetries = 0) => new Anthropic({ baseURL: models.url, apiKey: 'any', maxRetries });
  const client = (maxRetries = 0) => instrument(bareClient(maxRetries));

  it('records a message: system, parameters, usage with both sides of the cache', async () => {
    const body = {
      ...ask('What is the capital of France?'),
      temperature: 0.5,
      system: [
        {
          type: 'text' as const,
          text: `${major} ${LONG_RULES}`,
          cache_control: { type: 'ephemeral' as const },
        },
      ],
    };
    const answer = await client().messages.create(body);
    await client().messages.create(body);
    const [written, read] = spans.spans;
    expect(spans.spans).toHaveLength(2);
    const cached = answer.usage.cache_creation_input_tokens ?? 0;
    expect(cached).toBeGreaterThanOrEqual(LONG_RULES_TOKENS);
    expect(facts(written)).toMatchObject({
      name: `chat ${model}`,
      kind: 'llm',
      status: 'unset',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': model,
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 2000,
      'gen_ai.response.id': answer.id,
      'gen_ai.response.model': model,
      'gen_ai.response.finish_reasons': ['end_turn'],
      'gen_ai.usage.input_tokens': cached + answer.usage.input_tokens,
      'gen_ai.usage.cache_write.input_tokens': cached,
      'gen_ai.usage.cache_read.input_tokens': 0,
      'gen_ai.usage.output_tokens': 8,
      'anthropic.usage.cache_creation.ephemeral_5m_input_tokens': cached,
    });
    expect(facts(read)).toMatchObject({
      'gen_ai.usage.input_tokens': cached + answer.usage.input_tokens,
      'gen_ai.usage.cache_read.input_tokens': cached,
      'gen_ai.usage.cache_write.input_tokens': 0,
    });
    expect(JSON.parse(String(written?.attributes['gen_ai.system_instructions']))).toEqual([
      { type: 'text', content: `${major} ${LONG_RULES}` },
    ]);
    expect(questionOf(written)).toEqual([
      { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
    ]);
    expect(answerOf(written)).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'text', content: 'Paris is the capital of France.' }],
        finish_reason: 'end_turn',
      },
    ]);
  });

  it('records a stream: time to the first chunk, usage; the events are the same as without tracing', async () => {
    const body = { ...ask('slowly'), stream: true as const };
    const timeless = (event: unknown) => JSON.stringify(event).replace(/(msg|req)_\d+/g, '');
    const expected = (await readAll(await bareClient().messages.create(body))).map(timeless);
    spans.clear();
    const seen = await readAll(await client().messages.create(body));
    expect(seen.map(timeless)).toEqual(expected);
    expect(spans.spans).toHaveLength(1);
    const [span] = spans.spans;
    expect(facts(span)).toMatchObject({
      'gen_ai.request.stream': true,
      'gen_ai.usage.output_tokens': 4,
      'gen_ai.usage.input_tokens': 3,
      'gen_ai.response.finish_reasons': ['end_turn'],
    });
    const seconds = Number(span?.attributes['gen_ai.response.time_to_first_chunk']);
    expect(seconds).toBeGreaterThan(0.05);
    expect(seconds * 1000).toBeLessThan(span?.durationMs ?? 0);
    expect(answerOf(span)).toMatchObject([{ parts: [{ type: 'text', content: 'Slow and steady.' }] }]);
  });

  it('traces the stream helper once: thinking, parallel tool calls', async () => {
    const stream = client().messages.stream({
      ...ask('Where are A-1001 and A-1002?'),
      tools: [tool],
      thinking: { type: 'enabled', budget_tokens: 1024 },
    });
    const message = await stream.finalMessage();
    expect(message.stop_reason).toBe('tool_use');
    expect(spans.spans).toHaveLength(1);
    const [span] = spans.spans;
    expect(facts(span)).toMatchObject({
      'gen_ai.response.finish_reasons': ['tool_use'],
      'anthropic.thinking.type': 'enabled',
      'anthropic.thinking.budget_tokens': 1024,
    });
    expect(answerOf(span)).toMatchObject([
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: expect.stringContaining('The user asks') },
          { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1001' } },
          { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1002' } },
        ],
      },
    ]);
    expect(JSON.parse(String(span?.attributes['gen_ai.tool.definitions']))).toEqual([tool]);
  });

  it('records tool results in the next call, and beta messages', async () => {
    await client().beta.messages.create({
      model,
      max_tokens: 100,
      tools: [tool],
      messages: [
        user('Where is A-1001?'),
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 't1', name: 'lookup_order', input: { orderId: 'A-1001' } }],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't1', content: '{"orderId":"A-1001","status":"shipped"}' },
          ],
        },
      ],
    });
    expect(spans.spans).toHaveLength(1);
    expect(questionOf(spans.spans[0])).toMatchObject([
      { role: 'user' },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 't1', arguments: { orderId: 'A-1001' } }] },
      { parts: [{ type: 'tool_call_response', id: 't1', response: { status: 'shipped' } }] },
    ]);
  });

  it('keeps parallel calls apart, each below its own parent', async () => {
    const anthropic = client();
    await expectCallsApart(spans, (question) => anthropic.messages.stream(ask(question)).finalMessage());
  });

  it('ends abandoned and aborted streams with the received content', async () => {
    let text = '';
    for await (const event of await client().messages.create({ ...ask('endless'), stream: true })) {
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') text += event.delta.text;
      if (text.length > 20) break;
    }
    const helper = client().messages.stream(ask('endless'));
    helper.on('text', () => helper.abort());
    await expect(helper.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIUserAbortError);
    await eventually('the number of spans', () => spans.spans.length).toBe(2);
    for (const span of spans.spans)
      expect(facts(span)).toMatchObject({ status: 'unset', 'throughline.cancelled': true });
    expect(answerOf(spans.spans[0])).toMatchObject([{ parts: [{ content: text }] }]);
  });

  it('records errors, before and within a stream', async () => {
    await expect(client().messages.create(ask('limit me'))).rejects.toBeInstanceOf(Anthropic.RateLimitError);
    await expect(client().messages.stream(ask('stumble')).finalMessage()).rejects.toThrow();
    expect(facts(spans.spans[0])).toMatchObject({
      status: 'error',
      'error.type': 'RateLimitError',
      'http.response.status_code': 429,
    });
    expect(spans.spans[0]?.otel.events[0]?.name).toBe('exception');
    expect(facts(spans.spans[1])).toMatchObject({ status: 'error' });
    expect(answerOf(spans.spans[1])).toMatchObject([{ parts: [{ content: 'one two three' }] }]);
  });

  it('records one span for a call that the client retries', async () => {
    hiccupOnce(modelServer);
    await client(2).messages.create(ask('hiccup'));
    expect(spans.spans).toHaveLength(1);
    expect(facts(spans.spans[0])).toMatchObject({ status: 'unset', 'http.request.resend_count': 1 });
  });

  it('does not change the client, including its own spans of other calls', async () => {
    const anthropic = client();
    expect(anthropic).toBeInstanceOf(Anthropic);
    const { data, response } = await anthropic.messages.create(ask('capital of France')).withResponse();
    expect(plain(data.content)).toMatchObject([{ text: 'Paris is the capital of France.' }]);
    expect(response.status).toBe(200);
    const parsed = await anthropic.messages.parse(ask('capital of France'));
    expect(plain(parsed.content)).toMatchObject([{ text: 'Paris is the capital of France.' }]);
    await anthropic.messages.countTokens({ model, messages: [user('hello')] });
    expect(spans.spans.map(({ name }) => name)).toEqual([
      `chat ${model}`,
      `chat ${model}`,
      'anthropic.messages.count_tokens',
    ]);
    await shutdown();
    expect((await anthropic.messages.create(ask('capital of France'))).usage.output_tokens).toBe(8);
  });
});
