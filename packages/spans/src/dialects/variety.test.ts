import { describe, expect, it } from 'vitest';
import { mapContent } from '../mapping/map-content.ts';
import { mapFacts } from '../mapping/map-facts.ts';
import { previews } from '../mapping/previews.ts';
import { type Plain, type RawSpanSketch, rawSpan } from '../testing/raw-span.ts';

const facts = (attributes: Record<string, Plain>, more: Partial<RawSpanSketch> = {}) =>
  mapFacts(rawSpan({ attributes, ...more }));
const content = (attributes: Record<string, Plain>, more: Partial<RawSpanSketch> = {}) =>
  mapContent(rawSpan({ attributes, ...more }));

describe('the AI SDK before version 6', () => {
  const call = (provider: string, usage: Record<string, Plain>, metadata?: object) =>
    facts({
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': provider,
      'ai.model.id': 'claude-sonnet-4-5',
      ...usage,
      ...(metadata && { 'ai.response.providerMetadata': JSON.stringify(metadata) }),
    }).usage;

  it.each(['anthropic.messages', 'vertex.anthropic.messages', 'amazon-bedrock'])(
    'counts cached tokens of %s beside the input',
    (provider) => {
      expect(
        call(provider, {
          'ai.usage.inputTokens': 2000,
          'ai.usage.outputTokens': 40,
          'ai.usage.cachedInputTokens': 1024,
        }),
      ).toEqual({ inputTokens: 3024, outputTokens: 40, cacheReadTokens: 1024 });
    },
  );

  it('has cache writes only in the metadata of the provider, also behind a gateway', () => {
    const metadata = {
      anthropic: {
        usage: { input_tokens: 2000, cache_read_input_tokens: 1024, cache_creation_input_tokens: 200 },
      },
    };
    const usage = { 'ai.usage.inputTokens': 2000, 'ai.usage.outputTokens': 40 };
    const expected = { inputTokens: 3224, outputTokens: 40, cacheReadTokens: 1024, cacheWriteTokens: 200 };
    expect(call('anthropic.messages', usage, metadata)).toEqual(expected);
    expect(call('gateway', usage, metadata)).toEqual(expected);
  });

  it('is not changed for version 6, whose input includes cached tokens', () => {
    const metadata = { anthropic: { usage: { input_tokens: 2000, cache_read_input_tokens: 1024 } } };
    expect(
      call(
        'anthropic.messages',
        {
          'ai.usage.inputTokens': 3024,
          'ai.usage.outputTokens': 40,
          'ai.usage.inputTokenDetails.noCacheTokens': 2000,
          'ai.usage.inputTokenDetails.cacheReadTokens': 1024,
        },
        metadata,
      ),
    ).toEqual({ inputTokens: 3024, outputTokens: 40, cacheReadTokens: 1024 });
  });

  it('counts cached tokens of OpenAI inside the input', () => {
    expect(
      call(
        'openai.chat',
        { 'ai.usage.promptTokens': 2000, 'ai.usage.completionTokens': 40 },
        { openai: { cachedPromptTokens: 1024 } },
      ),
    ).toEqual({ inputTokens: 2000, outputTokens: 40, cacheReadTokens: 1024 });
  });
});

describe('an exception that only steers a graph', () => {
  const failed = { statusCode: 'error' as const };
  it.each([
    ['GraphInterrupt', 'langgraph.errors.GraphInterrupt'],
    ['NodeInterrupt', 'NodeInterrupt'],
    ['ParentCommand', 'langgraph.errors.ParentCommand'],
  ])('is no failure: %s', (name, type) => {
    const exception = { name: 'exception', attributes: { 'exception.type': type, 'exception.message': 'x' } };
    expect(facts({}, { ...failed, events: [exception] })).toMatchObject({ status: 'unset' });
    expect(facts({}, { ...failed, events: [exception] }).errorType).toBeUndefined();
    expect(facts({}, { ...failed, statusMessage: `${name}(Interrupt(value=1))` }).status).toBe('unset');
    expect(facts({ 'error.type': name }, failed)).toMatchObject({ status: 'unset' });
  });

  it('does not hide another exception', () => {
    const events = [
      { name: 'exception', attributes: { 'exception.type': 'GraphInterrupt' } },
      { name: 'exception', attributes: { 'exception.type': 'ValueError', 'exception.message': 'no' } },
    ];
    expect(facts({}, { ...failed, events })).toMatchObject({ status: 'error', errorType: 'ValueError' });
  });
});

describe('a conversation', () => {
  it('is not named by the id of a response, nor a model by the word unknown', () => {
    const found = facts({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.request.model': 'unknown',
      'gen_ai.conversation.id': 'resp_0e32bda5',
    });
    expect([found.sessionId, found.model]).toEqual([undefined, undefined]);
    expect(facts({ 'gen_ai.conversation.id': 'conv_1' }).sessionId).toBe('conv_1');
  });
});

describe('cached tokens', () => {
  const usage = (scope: string, attributes: Record<string, Plain>) =>
    facts(
      {
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 3000,
        'gen_ai.usage.output_tokens': 40,
        'gen_ai.usage.cache_read.input_tokens': 1000,
        ...attributes,
      },
      { scope: { name: scope } },
    ).usage?.inputTokens;

  it.each([
    ['opentelemetry.instrumentation.bedrock', {}, 4000],
    ['@traceloop/instrumentation-bedrock', {}, 4000],
    ['opentelemetry.instrumentation.anthropic', {}, 3000],
    ['openlit.instrumentation.anthropic', {}, 4000],
    ['openlit.instrumentation.openai', {}, 3000],
    [
      'strands.telemetry.tracer',
      { 'gen_ai.request.model': 'us.anthropic.claude-sonnet-4-20250514-v1:0' },
      4000,
    ],
    ['strands.telemetry.tracer', { 'gen_ai.request.model': 'gpt-4o' }, 3000],
    ['strands.telemetry.tracer', { 'gen_ai.request.model': 'anthropic/claude-sonnet-4-5' }, 3000],
    ['pydantic-ai', {}, 3000],
    ['gcp.vertex.agent', {}, 3000],
    ['agent_framework', {}, 3000],
    ['an application', {}, 3000],
  ])('of %s %j: %d', (scope, attributes, expected) => {
    expect(usage(scope, attributes)).toBe(expected);
  });
});

describe('messages', () => {
  const roles = (attributes: Record<string, Plain>) =>
    content(attributes).inputMessages?.map(({ role }) => role);
  const TEXT = JSON.stringify([
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Where is my order? It is long.' },
  ]);

  it.each([
    ['gen_ai.input.messages', {}],
    ['langfuse.observation.input', { 'langfuse.observation.type': 'generation' }],
    ['mlflow.spanInputs', { 'mlflow.spanType': '"LLM"' }],
    ['braintrust.input_json', { 'braintrust.span_attributes': '{"type":"llm"}' }],
    ['input.value', { 'openinference.span.kind': 'LLM' }],
    ['ai.prompt.messages', { 'ai.operationId': 'ai.generateText.doGenerate' }],
  ])('in %s that were cut are read up to the cut', (key, more) => {
    expect(roles({ ...more, [key]: TEXT.slice(0, -12) })).toEqual(['system', 'user']);
    expect(JSON.stringify(content({ ...more, [key]: TEXT.slice(0, -12) }).inputMessages)).toContain(
      '"truncated":true',
    );
    expect(previews(content({ ...more, [key]: TEXT.slice(0, -12) })).input).toMatch(/^Where is my order/);
  });

  it('a list of texts is read completely, although some texts were cut', () => {
    const list = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Where is my order?' },
    ].map((each) => JSON.stringify(each));
    expect(roles({ 'gen_ai.input.messages': [list[0] as string, (list[1] as string).slice(0, -8)] })).toEqual(
      ['system', 'user'],
    );
  });

  it('messages are read from the body if the flattened ones lack the built-in tools', () => {
    const output = [
      { type: 'web_search_call', id: 'ws', action: { query: 'tents' } },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Five years.' }] },
    ];
    const found = content({
      'openinference.span.kind': 'LLM',
      'output.value': JSON.stringify({ output }),
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.contents.0.message_content.type': 'text',
      'llm.output_messages.0.message.contents.0.message_content.text': 'Five years.',
    });
    expect(found.outputMessages?.flatMap(({ parts }) => parts.map(({ type }) => type))).toEqual([
      'web_search_call',
      'text',
    ]);
  });

  it('messages that a gateway records in one attribute are read', () => {
    const found = content({
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.prompt_json': JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }] }),
      'gen_ai.completion_json': JSON.stringify({
        choices: [{ message: { role: 'assistant', content: 'Hello.' } }],
      }),
    });
    expect(previews(found)).toEqual({ input: 'Hi', output: 'Hello.' });
  });
});
