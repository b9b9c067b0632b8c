import { mapContent, mapFacts, SPAN_KINDS } from '@throughline/spans';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawSpanOf } from '../core/raw-span.ts';
import {
  agent,
  InMemoryExporter,
  init,
  reranker,
  retriever,
  shutdown,
  startSpan,
  startTrace,
  tool,
  withContext,
} from '../index.ts';

let spans: InMemoryExporter;
beforeEach(() => {
  spans = new InMemoryExporter();
  init({ exporter: spans, serviceName: 'assistant', environment: 'test', release: '1.2' });
});
afterEach(async () => {
  await shutdown();
});

/** The facts and content that the server derives from the last span. */
function mapped() {
  const span = spans.spans.at(-1);
  if (span === undefined) throw new Error('no span was recorded');
  const raw = rawSpanOf(span.otel);
  return { facts: mapFacts(raw), content: mapContent(raw) };
}

describe('the server reads what the SDK writes', () => {
  it.each(SPAN_KINDS.map((kind) => [kind]))('for the kind %s', (kind) => {
    startSpan('step', { kind }).end();
    expect(mapped().facts.kind).toBe(kind);
  });

  it('a model call has its model, usage, cost, time to first token, messages', () => {
    const inputMessages = [{ role: 'user', parts: [{ type: 'text', content: 'hi' }] }];
    const outputMessages = [
      { role: 'assistant', parts: [{ type: 'text', content: 'hello' }], finish_reason: 'stop' },
    ];
    const span = startSpan('chat', {
      kind: 'llm',
      provider: 'openai',
      model: 'gpt-4o',
      inputMessages,
      parameters: { temperature: 0.5 },
    });
    span.markFirstToken();
    span.update({
      responseModel: 'gpt-4o-2024-08-06',
      responseId: 'r1',
      finishReasons: ['stop'],
      usage: {
        inputTokens: 100,
        outputTokens: 20,
        cacheReadTokens: 40,
        cacheWriteTokens: 8,
        reasoningTokens: 5,
      },
      outputMessages,
      costUsd: 0.25,
    });
    span.end();
    const { facts, content } = mapped();
    expect(facts).toMatchObject({
      kind: 'llm',
      provider: 'openai',
      requestModel: 'gpt-4o',
      responseModel: 'gpt-4o-2024-08-06',
      responseId: 'r1',
      finishReasons: ['stop'],
      usage: {
        inputTokens: 100,
        outputTokens: 20,
        cacheReadTokens: 40,
        cacheWriteTokens: 8,
        reasoningTokens: 5,
      },
      cost: { usd: 0.25, source: 'reported' },
    });
    expect(facts.ttftMs).toBeGreaterThanOrEqual(0);
    expect(content).toMatchObject({ inputMessages, outputMessages, parameters: { temperature: 0.5 } });
  });

  it('the context has service, environment, release, user, session, feature, tags, metadata', () => {
    withContext(
      { userId: 'ann', sessionId: 's1', feature: 'search', tags: ['a', 'b'], metadata: { tier: 'gold' } },
      () => startTrace('root').end(),
    );
    const { facts, content } = mapped();
    expect(facts).toMatchObject({
      service: 'assistant',
      environment: 'test',
      release: '1.2',
      userId: 'ann',
      sessionId: 's1',
      feature: 'search',
      tags: ['a', 'b'],
    });
    expect(content.metadata).toEqual({ tier: 'gold' });
  });

  it('a retriever has its documents', async () => {
    await retriever(async (_: string) => [{ id: 'd1', text: 'one', score: 0.9, metadata: { page: 2 } }], {
      name: 'search',
    })('why');
    const { facts, content } = mapped();
    expect(facts).toMatchObject({ kind: 'retriever', documentCount: 1 });
    expect(content.retrieval).toEqual({
      query: 'why',
      documents: [{ id: 'd1', content: 'one', score: 0.9, metadata: { page: 2 } }],
    });
  });

  it('a reranker has its input and output documents', () => {
    const documents = [
      { id: 'a', score: 0.1 },
      { id: 'b', score: 0.9 },
    ];
    reranker((_: string, all: typeof documents) => all.slice(1), { name: 'rerank' })('why', documents);
    const { facts, content } = mapped();
    expect(facts).toMatchObject({ kind: 'reranker', documentCount: 1, inputDocumentCount: 2 });
    expect(content.retrieval).toMatchObject({
      query: 'why',
      inputDocuments: documents,
      documents: [{ id: 'b', score: 0.9 }],
    });
  });

  it('a tool has its arguments and its result', () => {
    tool((args: { city: string }) => ({ degrees: args.city.length }), { name: 'weather' })({ city: 'Oslo' });
    const { facts, content } = mapped();
    expect(facts).toMatchObject({ kind: 'tool', toolName: 'weather' });
    expect(content.tool).toMatchObject({ arguments: { city: 'Oslo' }, result: { degrees: 4 } });
  });

  it('an error has its type and message', () => {
    const span = startSpan('failing');
    span.recordError(new RangeError('too far'));
    span.end();
    expect(mapped().facts).toMatchObject({
      status: 'error',
      errorType: 'RangeError',
      statusMessage: 'too far',
    });
  });

  it('a prompt has its name, version, template and variables', () => {
    startSpan('prompt', {
      kind: 'prompt',
      promptName: 'greeting',
      promptVersion: '3',
      promptTemplate: 'Say {{word}}',
      promptVariables: () => ({ word: 'hi' }),
    }).end();
    const { facts, content } = mapped();
    expect(facts).toMatchObject({ kind: 'prompt', promptName: 'greeting', promptVersion: '3' });
    expect(content.prompt).toMatchObject({ template: 'Say {{word}}', variables: { word: 'hi' } });
  });

  it('explicit agent and tool names take precedence over the function name', () => {
    agent(() => 1, { name: 'audit', agentName: 'auditor' })();
    expect(mapped().facts).toMatchObject({ name: 'audit', agentName: 'auditor' });
    tool(() => 1, { name: 'lookup', toolName: 'lookup_order', toolDescription: 'Finds an order' })();
    const { facts, content } = mapped();
    expect(facts).toMatchObject({ name: 'lookup', toolName: 'lookup_order' });
    expect(content.tool).toMatchObject({ description: 'Finds an order' });
  });
});
