/** The `@aws-sdk/client-bedrock-runtime` package, traced by `instrument(client)`. Its only major version is 3. */
import {
  BedrockRuntime,
  BedrockRuntimeClient,
  ConverseCommand,
  ConverseStreamCommand,
  InvokeModelCommand,
  InvokeModelWithResponseStreamCommand,
} from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { instrument, shutdown } from '@throughline/sdk';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { LONG_RULES, ORDER_PARAMETERS } from '../support/model-server.ts';
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

const modelId = 'anthropic.claude-sonnet-4-20250514-v1:0';
const options = () => ({
  region: 'eu-central-1',
  endpoint: models.url,
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
  // The default handler uses HTTP/2 only.
  requestHandler: new NodeHttpHandler(),
});
const bareClient = (maxAttempts = 1) => new BedrockRuntimeClient({ ...options(), maxAttempts });
const client = (maxAttempts = 1) => instrument(bareClient(maxAttempts));
const user = (text: string) => ({ role: 'user' as const, content: [{ text }] });
const ask = (text: string) => ({ modelId, messages: [user(text)] });
const toolConfig = {
  tools: [
    {
      toolSpec: {
        name: 'lookup_order',
        description: 'Status of an order',
        inputSchema: { json: plain(ORDER_PARAMETERS) as never },
      },
    },
  ],
};
const claudeBody = (text: string) =>
  JSON.stringify({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 500,
    temperature: 0.2,
    messages: [{ role: 'user', content: text }],
  });

it('records Converse: system, parameters, usage with cached tokens', async () => {
  const input = {
    ...ask('What is the capital of France?'),
    system: [{ text: LONG_RULES }],
    inferenceConfig: { temperature: 0.4, maxTokens: 300, stopSequences: ['END'] },
  };
  await client().send(new ConverseCommand(input));
  const answer = await client().send(new ConverseCommand(input));
  const span = spans.spans[1];
  const cached = answer.usage?.cacheReadInputTokens ?? 0;
  expect(cached).toBeGreaterThan(1000);
  expect(facts(span)).toMatchObject({
    name: `chat ${modelId}`,
    kind: 'llm',
    status: 'unset',
    'gen_ai.provider.name': 'aws.bedrock',
    'gen_ai.request.model': modelId,
    'gen_ai.request.temperature': 0.4,
    'gen_ai.request.max_tokens': 300,
    'gen_ai.request.stop_sequences': ['END'],
    'gen_ai.response.finish_reasons': ['end_turn'],
    'gen_ai.usage.input_tokens': (answer.usage?.inputTokens ?? 0) + cached,
    'gen_ai.usage.cache_read.input_tokens': cached,
    'gen_ai.usage.output_tokens': 8,
  });
  expect(JSON.parse(String(span?.attributes['gen_ai.system_instructions']))).toEqual([
    { type: 'text', content: LONG_RULES },
  ]);
  expect(questionOf(span)).toEqual([
    { role: 'user', parts: [{ type: 'text', content: 'What is the capital of France?' }] },
  ]);
  expect(answerOf(span)).toEqual([
    {
      role: 'assistant',
      parts: [{ type: 'text', content: 'Paris is the capital of France.' }],
      finish_reason: 'end_turn',
    },
  ]);
});

it('records ConverseStream: usage, time to the first chunk, reasoning; the events are the same as without tracing', async () => {
  const expected = await bareClient().send(new ConverseStreamCommand(ask('slowly')));
  const seen = await client().send(new ConverseStreamCommand(ask('slowly')));
  expect(await readAll(seen.stream ?? ([] as never))).toEqual(
    await readAll(expected.stream ?? ([] as never)),
  );
  const [span] = spans.spans;
  expect(spans.spans).toHaveLength(1);
  expect(facts(span)).toMatchObject({
    'gen_ai.request.stream': true,
    'gen_ai.usage.input_tokens': 3,
    'gen_ai.usage.output_tokens': 4,
    'gen_ai.response.finish_reasons': ['end_turn'],
  });
  expect(Number(span?.attributes['gen_ai.response.time_to_first_chunk'])).toBeGreaterThan(0.05);
  expect(answerOf(span)).toMatchObject([{ parts: [{ type: 'text', content: 'Slow and steady.' }] }]);

  const thinking = await client().send(
    new ConverseStreamCommand({
      ...ask('Good morning'),
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
    }),
  );
  await readAll(thinking.stream ?? ([] as never));
  expect(answerOf(spans.spans[1])).toMatchObject([
    { parts: [{ type: 'reasoning' }, { type: 'text', content: 'You said: Good morning' }] },
  ]);
});

it('records parallel tool calls, complete and streamed, and their results', async () => {
  const input = { ...ask('Where are A-1001 and A-1002?'), toolConfig };
  const answer = await client().send(new ConverseCommand(input));
  const { stream } = await client().send(new ConverseStreamCommand(input));
  await readAll(stream ?? ([] as never));
  for (const span of spans.spans) {
    expect(facts(span)).toMatchObject({ 'gen_ai.response.finish_reasons': ['tool_use'] });
    expect(answerOf(span)).toMatchObject([
      {
        parts: [
          { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1001' } },
          { type: 'tool_call', name: 'lookup_order', arguments: { orderId: 'A-1002' } },
        ],
      },
    ]);
    expect(JSON.parse(String(span.attributes['gen_ai.tool.definitions']))).toEqual(plain(toolConfig.tools));
  }
  const message = answer.output?.message;
  const toolUseId = message?.content?.[0]?.toolUse?.toolUseId ?? '';
  await client().send(
    new ConverseCommand({
      modelId,
      messages: [
        user('Where is A-1001?'),
        ...(message === undefined ? [] : [message]),
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId, content: [{ json: { orderId: 'A-1001', status: 'shipped' } }] } },
          ],
        },
      ],
    }),
  );
  expect(questionOf(spans.spans[2])).toMatchObject([
    { role: 'user' },
    { role: 'assistant', parts: [{ type: 'tool_call', id: toolUseId }, { type: 'tool_call' }] },
    { parts: [{ type: 'tool_call_response', id: toolUseId, response: { status: 'shipped' } }] },
  ]);
});

it('records InvokeModel with the bodies of Anthropic, Titan and Nova, complete and streamed', async () => {
  const bedrock = client();
  const body = claudeBody('What is the capital of France?');
  const whole = await bedrock.send(new InvokeModelCommand({ modelId, body }));
  expect(JSON.parse(whole.body.transformToString()).content[0].text).toBe('Paris is the capital of France.');
  const expected = await bareClient().send(new InvokeModelWithResponseStreamCommand({ modelId, body }));
  const streamed = await bedrock.send(new InvokeModelWithResponseStreamCommand({ modelId, body }));
  const timeless = (event: { chunk?: { bytes?: Uint8Array | undefined } | undefined }) =>
    new TextDecoder().decode(event.chunk?.bytes).replace(/msg_\d+/, '');
  const seen = await readAll(streamed.body ?? ([] as never));
  expect(seen.map(timeless)).toEqual((await readAll(expected.body ?? ([] as never))).map(timeless));
  for (const span of spans.spans) {
    expect(facts(span)).toMatchObject({
      name: `chat ${modelId}`,
      'gen_ai.request.temperature': 0.2,
      'gen_ai.request.max_tokens': 500,
      'gen_ai.response.id': expect.stringMatching(/^msg_/),
      'gen_ai.response.finish_reasons': ['end_turn'],
      'gen_ai.usage.input_tokens': 9,
      'gen_ai.usage.output_tokens': 8,
    });
    expect(questionOf(span)).toMatchObject([{ parts: [{ content: 'What is the capital of France?' }] }]);
    expect(answerOf(span)).toMatchObject([{ parts: [{ content: 'Paris is the capital of France.' }] }]);
  }
  expect(spans.spans[1]?.attributes['gen_ai.response.time_to_first_chunk']).toBeGreaterThan(0);
  spans.clear();

  const titan = {
    modelId: 'amazon.titan-text-express-v1',
    body: JSON.stringify({ inputText: 'capital of France', textGenerationConfig: { maxTokenCount: 99 } }),
  };
  await bedrock.send(new InvokeModelCommand(titan));
  const { body: chunks } = await bedrock.send(new InvokeModelWithResponseStreamCommand(titan));
  await readAll(chunks ?? ([] as never));
  for (const span of spans.spans) {
    expect(facts(span)).toMatchObject({
      'gen_ai.request.max_tokens': 99,
      'gen_ai.response.finish_reasons': ['FINISH'],
      'gen_ai.usage.input_tokens': 6,
      'gen_ai.usage.output_tokens': 8,
    });
    expect(answerOf(span)).toMatchObject([{ parts: [{ content: 'Paris is the capital of France.' }] }]);
  }
  spans.clear();

  const nova = {
    modelId: 'amazon.nova-pro-v1:0',
    body: JSON.stringify({ messages: [user('capital of France')], inferenceConfig: { maxTokens: 50 } }),
  };
  await bedrock.send(new InvokeModelCommand(nova));
  const { body: events } = await bedrock.send(new InvokeModelWithResponseStreamCommand(nova));
  await readAll(events ?? ([] as never));
  for (const span of spans.spans) {
    expect(facts(span)).toMatchObject({
      'gen_ai.request.max_tokens': 50,
      'gen_ai.response.finish_reasons': ['end_turn'],
      'gen_ai.usage.input_tokens': 6,
      'gen_ai.usage.output_tokens': 8,
    });
    expect(answerOf(span)).toMatchObject([{ parts: [{ content: 'Paris is the capital of France.' }] }]);
  }
  spans.clear();

  await bedrock.send(
    new InvokeModelCommand({
      modelId: 'amazon.titan-embed-text-v2:0',
      body: new TextEncoder().encode(JSON.stringify({ inputText: 'one', dimensions: 256 })),
    }),
  );
  expect(facts(spans.spans[0])).toMatchObject({
    name: 'embeddings amazon.titan-embed-text-v2:0',
    kind: 'embedding',
    'gen_ai.usage.input_tokens': 1,
    'gen_ai.embeddings.dimension.count': 256,
  });
});

it('keeps parallel calls apart, each below its own parent', async () => {
  const bedrock = client();
  await expectCallsApart(spans, async (question) => {
    const { stream } = await bedrock.send(new ConverseStreamCommand(ask(question)));
    await readAll(stream ?? ([] as never));
  });
});

it('ends abandoned and aborted streams with the received content', async () => {
  let text = '';
  const { stream } = await client().send(new ConverseStreamCommand(ask('endless')));
  for await (const event of stream ?? []) {
    text += event.contentBlockDelta?.delta?.text ?? '';
    if (text.length > 20) break;
  }
  expect(facts(spans.spans[0])).toMatchObject({ status: 'unset', 'throughline.cancelled': true });
  expect(answerOf(spans.spans[0])).toMatchObject([{ parts: [{ content: text }] }]);
  const controller = new AbortController();
  const before = modelServer.requests.length;
  const call = client().send(new ConverseCommand(ask('endless')), { abortSignal: controller.signal });
  await eventually('the number of requests', () => modelServer.requests.length).toBeGreaterThan(before);
  controller.abort();
  await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  expect(facts(spans.spans[1])).toMatchObject({ status: 'unset', 'throughline.cancelled': true });
});

it('records errors with their status, before and within a stream', async () => {
  await expect(client().send(new ConverseCommand(ask('limit me')))).rejects.toMatchObject({
    name: 'ThrottlingException',
  });
  const { stream } = await client().send(new ConverseStreamCommand(ask('stumble')));
  await expect(readAll(stream ?? ([] as never))).rejects.toThrow();
  expect(facts(spans.spans[0])).toMatchObject({
    status: 'error',
    'error.type': 'ThrottlingException',
    'http.response.status_code': 429,
  });
  expect(spans.spans[0]?.otel.events[0]?.name).toBe('exception');
  expect(facts(spans.spans[1])).toMatchObject({ status: 'error', 'error.type': 'ModelStreamErrorException' });
  expect(answerOf(spans.spans[1])).toMatchObject([{ parts: [{ content: 'one two three' }] }]);
});

it('records one span for a call that the client retries', async () => {
  hiccupOnce(modelServer);
  await client(3).send(new ConverseCommand(ask('hiccup')));
  expect(spans.spans).toHaveLength(1);
  expect(facts(spans.spans[0])).toMatchObject({ status: 'unset', 'http.request.resend_count': 1 });
});

it('does not change the client, including the aggregated one', async () => {
  const bedrock = instrument(new BedrockRuntime({ ...options(), maxAttempts: 1 }));
  expect(bedrock).toBeInstanceOf(BedrockRuntime);
  const answer = await bedrock.converse(ask('capital of France'));
  expect(answer.$metadata.httpStatusCode).toBe(200);
  expect(spans.spans).toHaveLength(1);
  const called = await new Promise((resolve, reject) => {
    bedrock.converse(ask('capital of France'), (error: unknown, output: unknown) =>
      error ? reject(error) : resolve(output),
    );
  });
  expect(called).toMatchObject({ stopReason: 'end_turn' });
  await shutdown();
  expect((await bedrock.converse(ask('capital of France'))).stopReason).toBe('end_turn');
  expect(spans.spans).toHaveLength(1);
});
