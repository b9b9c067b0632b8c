import { describe, expect, it, vi } from 'vitest';
import { DoubleValue } from '../model/raw-span.ts';
import { type RawSpanSketch, rawSpan } from '../testing/raw-span.ts';
import { mapFacts } from './map-facts.ts';

const facts = (sketch: RawSpanSketch) => mapFacts(rawSpan(sketch));
const of = (attributes: NonNullable<RawSpanSketch['attributes']>) => facts({ attributes });
const kind = (attributes: NonNullable<RawSpanSketch['attributes']>) => of(attributes).kind;

describe('the kind of a span', () => {
  it('is the kind of OpenInference, whatever other attributes there are', () => {
    expect(kind({ 'openinference.span.kind': 'CHAIN', 'gen_ai.operation.name': 'chat' })).toBe('chain');
    expect(kind({ 'openinference.span.kind': 'retriever' })).toBe('retriever');
  });

  it.each([
    'llm',
    'embedding',
    'chain',
    'retriever',
    'reranker',
    'tool',
    'agent',
    'guardrail',
    'evaluator',
    'prompt',
  ])('is %s if OpenInference says so', (name) => {
    expect(kind({ 'openinference.span.kind': name.toUpperCase() })).toBe(name);
  });

  it('follows the operation if the kind of OpenInference is UNKNOWN', () => {
    expect(kind({ 'openinference.span.kind': 'UNKNOWN', 'gen_ai.operation.name': 'embeddings' })).toBe(
      'embedding',
    );
    expect(kind({ 'openinference.span.kind': 'UNKNOWN' })).toBe('span');
  });

  it.each([
    ['chat', 'llm'],
    ['text_completion', 'llm'],
    ['generate_content', 'llm'],
    ['embeddings', 'embedding'],
    ['invoke_agent', 'agent'],
    ['create_agent', 'agent'],
    ['agent_step', 'agent'],
    ['invoke_workflow', 'chain'],
    ['execute_tool', 'tool'],
    ['retrieval', 'retriever'],
    ['rerank', 'reranker'],
    ['search_memory', 'memory'],
    ['ai.transcribe', 'llm'],
    ['something_new', 'span'],
  ])('for operation %s is %s', (operation, expected) => {
    expect(kind({ 'gen_ai.operation.name': operation })).toBe(expected);
  });

  it('is tool if there is a tool name, even if there is a model', () => {
    expect(kind({ 'gen_ai.tool.name': 'search', 'gen_ai.request.model': 'gpt-4o' })).toBe('tool');
    expect(kind({ 'mcp.method.name': 'tools/call' })).toBe('tool');
    expect(kind({ 'mcp.method.name': 'tools/list' })).toBe('span');
  });

  it('is llm if there is only a model name', () => {
    expect(kind({ 'gen_ai.request.model': 'gpt-4o' })).toBe('llm');
    expect(kind({ 'llm.model_name': 'gpt-4o' })).toBe('llm');
  });

  it('is span if the call only counts tokens', () => {
    expect(
      kind({ 'gen_ai.request.model': 'claude-haiku-4-5', 'anthropic.message.count_tokens.input_tokens': 4 }),
    ).toBe('span');
  });

  it('is llm for a chat call that names its agent', () => {
    const agent = { 'gen_ai.agent.name': 'Planner', 'gen_ai.agent.id': '1' };
    expect(kind({ 'gen_ai.operation.name': 'chat', ...agent })).toBe('llm');
    expect(kind({ 'gen_ai.request.model': 'gpt-4o', ...agent })).toBe('llm');
  });

  it('is span for HTTP, databases and unknown attributes', () => {
    expect(kind({ 'http.request.method': 'GET', 'url.full': 'https://example.com' })).toBe('span');
    expect(kind({ 'db.system': 'postgresql', 'db.query.text': 'SELECT 1' })).toBe('span');
    expect(kind({ input: 'a stray name', model: 'of the application', prompt: 'of no vocabulary' })).toBe(
      'span',
    );
    expect(kind({})).toBe('span');
  });
});

describe('the status of a span', () => {
  const exception = (attributes = {}) => ({
    name: 'exception',
    attributes: { 'exception.type': 'TypeError', 'exception.message': 'x is not a function', ...attributes },
  });

  it('distinguishes OK and UNSET', () => {
    expect(facts({ statusCode: 'ok' }).status).toBe('ok');
    expect(facts({ statusCode: 'unset' }).status).toBe('unset');
  });

  it('is error if the status code is error, with the type and message of the exception', () => {
    expect(
      facts({ statusCode: 'error', events: [exception({ 'exception.escaped': 'False' })] }),
    ).toMatchObject({
      status: 'error',
      errorType: 'TypeError',
      statusMessage: 'x is not a function',
    });
    expect(facts({ statusCode: 'error', statusMessage: 'boom', events: [exception()] }).statusMessage).toBe(
      'boom',
    );
  });

  it('is error if an exception was recorded and not marked as handled', () => {
    expect(facts({ events: [exception()] })).toMatchObject({ status: 'error', errorType: 'TypeError' });
    expect(facts({ events: [exception({ 'exception.escaped': true })] }).status).toBe('error');
    const handled = facts({ events: [exception({ 'exception.escaped': false })] });
    expect(handled).toMatchObject({ status: 'unset' });
    expect(handled.errorType).toBe(undefined);
    expect(facts({ statusCode: 'ok', events: [exception()] })).toMatchObject({ status: 'ok' });
  });

  it('prefers error.type to the type of the exception', () => {
    expect(
      facts({ statusCode: 'error', attributes: { 'error.type': 'timeout' }, events: [exception()] })
        .errorType,
    ).toBe('timeout');
  });
});

describe('facts', () => {
  it('come from the first vocabulary that has the field', () => {
    expect(
      of({
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-4o',
        'gen_ai.request.model': 'ignored',
        'gen_ai.response.id': 'resp-1',
        'gen_ai.conversation.id': 'conversation',
        'gen_ai.usage.input_tokens': 5,
        'user.id': 'u',
      }),
    ).toMatchObject({
      kind: 'llm',
      requestModel: 'gpt-4o',
      responseId: 'resp-1',
      sessionId: 'conversation',
      userId: 'u',
      usage: { inputTokens: 5 },
    });
  });

  it('ignore values of the wrong type', () => {
    expect(of({ 'llm.model_name': '', 'gen_ai.request.model': 'gpt-4o' }).model).toBe('gpt-4o');
    expect(of({ 'llm.token_count.prompt': 'many', 'gen_ai.usage.input_tokens': 7 }).usage).toEqual({
      inputTokens: 7,
    });
    expect(of({ 'user.id': ['a', 'b'] }).userId).toBe(undefined);
    expect(of({ 'user.id': 42 }).userId).toBe('42');
  });

  it('prefer the model of the response to the model of the request', () => {
    expect(
      of({ 'gen_ai.request.model': 'gpt-4o', 'gen_ai.response.model': 'gpt-4o-2024-08-06' }),
    ).toMatchObject({
      model: 'gpt-4o-2024-08-06',
      requestModel: 'gpt-4o',
      responseModel: 'gpt-4o-2024-08-06',
    });
  });

  it.each([
    ['gen_ai.provider.name', 'aws.bedrock', 'aws.bedrock'],
    ['gen_ai.system', 'az.ai.openai', 'azure.ai.openai'],
    ['gen_ai.system', 'vertex_ai', 'gcp.vertex_ai'],
    ['gen_ai.system', 'xai', 'x_ai'],
    ['llm.provider', 'google', 'gcp.gemini'],
    ['llm.system', 'mistralai', 'mistral_ai'],
    ['llm.provider', 'OpenAI', 'openai'],
    ['gen_ai.provider.name', 'My Gateway', 'My Gateway'],
  ])('map spellings of a provider to one name: %s=%s is %s', (key, spelling, expected) => {
    expect(of({ [key]: spelling }).provider).toBe(expected);
  });

  it('read resource, feature and tags', () => {
    const sketch = {
      resource: { 'service.name': 'shop', 'service.version': '1.2', 'deployment.environment': 'staging' },
    };
    expect(
      facts({ ...sketch, attributes: { 'deployment.environment.name': 'prod', feature: 'search' } }),
    ).toMatchObject({
      service: 'shop',
      release: '1.2',
      environment: 'prod',
      feature: 'search',
    });
    expect(facts(sketch).environment).toBe('staging');
    expect(of({ 'gen_ai.workflow.name': 'refunds' })).toMatchObject({
      feature: 'refunds',
      workflowName: 'refunds',
    });
    expect(of({ 'gen_ai.workflow.name': 'refunds', 'throughline.feature': 'support' }).feature).toBe(
      'support',
    );
    expect(of({ 'tag.tags': ['a', 'b'] }).tags).toEqual(['a', 'b']);
    expect(of({ 'tag.tags': '["a","b"]' }).tags).toEqual(['a', 'b']);
    expect(of({ 'throughline.tags': 'a, b' }).tags).toEqual(['a', 'b']);
  });

  it.each([
    [{ 'gen_ai.response.time_to_first_chunk': 0.25 }, 250],
    [{ 'gen_ai.client.operation.time_to_first_chunk': 1.5 }, 1500],
    [{ 'gen_ai.client.operation.time_to_first_chunk': new DoubleValue(2) }, 2000],
    [{ 'gen_ai.response.time_to_first_chunk': -1 }, undefined],
  ])('convert the time to the first token to milliseconds: %j', (attributes, expected) => {
    expect(of(attributes).ttftMs).toBe(expected);
  });

  it.each([
    [{ 'gen_ai.response.finish_reasons': ['stop', 'length'] }, ['stop', 'length']],
    [{ 'gen_ai.response.finish_reasons': '["stop"]' }, ['stop']],
    [{ 'llm.finish_reason': 'stop' }, ['stop']],
    [{ 'gen_ai.output.messages': '[{"role":"assistant","parts":[],"finish_reason":"length"}]' }, ['length']],
    [{ 'gen_ai.output.messages': [{ role: 'assistant', finish_reason: 'stop' }] }, ['stop']],
    [
      {
        'gen_ai.output.messages':
          '[{"role":"assistant","parts":[{"type":"text","content":"finish_reason"}]}]',
      },
      undefined,
    ],
  ])('include the finish reasons: %j', (attributes, expected) => {
    expect(of(attributes).finishReasons).toEqual(expected);
  });

  it('include the time to the first token from an event', () => {
    const event = { name: 'First Token Stream Event', atMs: 321.5 };
    expect(facts({ events: [event] }).ttftMs).toBe(321.5);
    expect(facts({ events: [{ ...event, atMs: -1 }] }).ttftMs).toBe(undefined);
  });

  it('include the number of documents of retrievers and rerankers', () => {
    expect(
      of({ 'retrieval.documents.0.document.id': 'a', 'retrieval.documents.1.document.id': 'b' })
        .documentCount,
    ).toBe(2);
    expect(
      of({
        'reranker.input_documents.0.document.id': 'a',
        'reranker.input_documents.1.document.id': 'b',
        'reranker.output_documents.0.document.id': 'b',
      }),
    ).toMatchObject({ documentCount: 1, inputDocumentCount: 2 });
    expect(of({ 'gen_ai.retrieval.documents': '[{"id":"a","score":0.5}]' }).documentCount).toBe(1);
  });

  it('are mapped without parsing the content of messages', () => {
    const huge = `[{"role":"user","parts":[{"type":"text","content":"${'x'.repeat(20_000_000)}"}]}]`;
    const span = rawSpan({ attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.input.messages': huge } });
    const parse = vi.spyOn(JSON, 'parse');
    mapFacts(span);
    expect(parse).not.toHaveBeenCalled();
    parse.mockRestore();
  });
});

describe('hostile attributes', () => {
  it('do not allocate memory by an index', () => {
    expect(
      of({
        'retrieval.documents.999999999.document.id': 'a',
        'retrieval.documents.99999999999999999999999.document.id': 'b',
        'retrieval.documents.-1.document.id': 'c',
        'retrieval.documents.1e9.document.id': 'd',
        'retrieval.documents.__proto__.document.id': 'e',
      }).documentCount,
    ).toBe(1);
  });

  it('do not change prototypes', () => {
    const span = of({
      ['__proto__']: 'x',
      'constructor.prototype.polluted': 'x',
      'openinference.span.kind': '__proto__',
      'gen_ai.operation.name': 'constructor',
      'gen_ai.provider.name': 'constructor',
      'gen_ai.request.model': '__proto__',
    });
    expect(span).toMatchObject({ kind: 'llm', provider: 'constructor', model: '__proto__' });
    expect(({} as Record<string, unknown>).polluted).toBe(undefined);
  });

  it('are cut to the length limit', () => {
    const span = of({
      'user.id': 'u'.repeat(1_000_000),
      'tag.tags': Array.from({ length: 5000 }, () => 't'.repeat(5000)),
    });
    expect(span.userId).toBe('u'.repeat(1024));
    expect(span.tags).toHaveLength(100);
    expect(span.tags?.[0]).toHaveLength(1024);
  });

  it('attributes of any type give no negative or unsafe numbers', () => {
    const values = [
      Number.NaN,
      -5,
      1e300,
      2n ** 63n - 1n,
      null,
      [],
      {},
      new Uint8Array(3),
      '',
      ' ',
      '-1',
      '1e999',
    ];
    for (const value of values) {
      const { usage, cost } = of({
        'openinference.span.kind': 'LLM',
        'llm.model_name': 'gpt-4o',
        'llm.token_count.prompt': value,
        'llm.token_count.completion': value,
        'llm.cost.total': value,
        'llm.finish_reason': value,
        'tag.tags': value,
      });
      for (const number of [usage?.inputTokens, usage?.outputTokens, cost?.usd]) {
        if (number !== undefined) expect(number).toBeGreaterThanOrEqual(0);
      }
      expect(usage?.inputTokens ?? 0).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER);
    }
  });
});
