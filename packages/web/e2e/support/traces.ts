import { newSpanId, type TestSpan } from './otlp.ts';

const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg==';

/** Text that would run code, load a file or open a link if it were rendered as more than text. */
export const HOSTILE = [
  '<img src=x onerror="window.harmed=1">',
  '<script>window.harmed=1</script>',
  '[link](javascript:window.harmed=1)',
  '![picture](http://127.0.0.1:1/tracker.png)',
  '[fine](https://example.com/)',
].join('\n\n');

/** Ids of the spans of {@link answerTrace}. */
export interface AnswerIds {
  readonly root: string;
  readonly search: string;
  readonly rerank: string;
  readonly chat: string;
  readonly tool: string;
}

/**
 *     answer_question  0────────────────────────4200
 *     ├─ search        100──────────2600              the slowest
 *     ├─ rerank                     2600─2700
 *     ├─ chat                            2700────4100 $0.0880, first token after 400
 *     └─ lookup_order                         3900─3980  error
 */
export function answerTrace(): { spans: readonly TestSpan[]; ids: AnswerIds } {
  const ids = {
    root: newSpanId(),
    search: newSpanId(),
    rerank: newSpanId(),
    chat: newSpanId(),
    tool: newSpanId(),
  };
  const spans: TestSpan[] = [
    {
      name: 'answer_question',
      id: ids.root,
      durationMs: 4200,
      attributes: {
        'openinference.span.kind': 'CHAIN',
        'input.value': 'Where is my order 8812?',
        'output.value': 'It left the warehouse this morning.',
        'user.id': 'u_81',
        'session.id': 'sess_9',
      },
    },
    {
      name: 'search',
      id: ids.search,
      parent: ids.root,
      startMs: 100,
      durationMs: 2500,
      attributes: {
        'openinference.span.kind': 'RETRIEVER',
        'input.value': 'order 8812',
        'retrieval.documents.0.document.id': 'doc-a',
        'retrieval.documents.0.document.content': 'Orders leave within a day.',
        'retrieval.documents.0.document.score': 0.93,
        'retrieval.documents.1.document.id': 'doc-b',
        'retrieval.documents.1.document.content': 'Refunds take five days.',
        'retrieval.documents.1.document.score': 0.41,
      },
    },
    {
      name: 'rerank',
      id: ids.rerank,
      parent: ids.root,
      startMs: 2600,
      durationMs: 100,
      attributes: {
        'openinference.span.kind': 'RERANKER',
        'reranker.query': 'order 8812',
        'reranker.input_documents.0.document.id': 'doc-a',
        'reranker.input_documents.0.document.content': 'first before',
        'reranker.input_documents.1.document.id': 'doc-b',
        'reranker.input_documents.1.document.content': 'second before',
        'reranker.output_documents.0.document.id': 'doc-b',
        'reranker.output_documents.0.document.content': 'second before',
        'reranker.output_documents.0.document.score': 0.9,
      },
    },
    {
      name: 'chat',
      id: ids.chat,
      parent: ids.root,
      startMs: 2700,
      durationMs: 1400,
      attributes: {
        'openinference.span.kind': 'LLM',
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.request.temperature': 0.2,
        'gen_ai.response.time_to_first_chunk': 0.4,
        'gen_ai.usage.input_tokens': 9812,
        'gen_ai.usage.cache_read.input_tokens': 6144,
        'gen_ai.usage.output_tokens': 640,
        'llm.cost.total': 0.088,
        'gen_ai.input.messages': [
          { role: 'system', parts: [{ type: 'text', content: 'Answer **briefly**.' }] },
          {
            role: 'user',
            parts: [
              { type: 'text', content: `Where is my order 8812?\n\n${HOSTILE}` },
              { type: 'blob', modality: 'image', mime_type: 'image/png', content: PNG },
              { type: 'uri', modality: 'image', uri: 'http://127.0.0.1:1/remote.png' },
            ],
          },
          {
            role: 'assistant',
            parts: [
              { type: 'reasoning', content: 'I should look it up.' },
              { type: 'tool_call', id: 'call_7', name: 'lookup_order', arguments: { orderId: '8812' } },
            ],
          },
          {
            role: 'tool',
            parts: [{ type: 'tool_call_response', id: 'call_7', response: { state: 'shipped' } }],
          },
        ],
        'gen_ai.output.messages': [
          {
            role: 'assistant',
            finish_reason: 'stop',
            parts: [{ type: 'text', content: 'It left the warehouse this morning.' }],
          },
        ],
      },
    },
    {
      name: 'lookup_order',
      id: ids.tool,
      parent: ids.root,
      startMs: 3900,
      durationMs: 80,
      error: 'timed out after 5000 ms',
      attributes: {
        'openinference.span.kind': 'TOOL',
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': 'lookup_order',
        'gen_ai.tool.call.id': 'call_7',
        'gen_ai.tool.call.arguments': { orderId: '8812' },
        'gen_ai.tool.call.result': { state: 'shipped' },
      },
      events: [
        {
          name: 'exception',
          attributes: {
            'exception.type': 'TimeoutError',
            'exception.message': 'timed out after 5000 ms',
            'exception.stacktrace':
              'TimeoutError: timed out after 5000 ms\n    at lookupOrder (orders.ts:41:13)',
          },
        },
      ],
    },
  ];
  return { spans, ids };
}

/** A trace of one span. */
export function smallTrace(name: string, durationMs = 120): readonly TestSpan[] {
  return [
    {
      name,
      durationMs,
      attributes: { 'openinference.span.kind': 'CHAIN', 'input.value': `input of ${name}` },
    },
  ];
}

interface OrderTrace {
  readonly name: string;
  readonly input: string;
  readonly feature: string;
  readonly user: string;
  readonly model: string;
  readonly failed?: boolean;
}

const ORDERS: readonly OrderTrace[] = [
  { name: 'refund', input: 'I want my money back.', feature: 'returns', user: 'u_2', model: 'gpt-4o-mini' },
  {
    name: 'order 1',
    input: 'Where is it?',
    feature: 'orders',
    user: 'u_1',
    model: 'gpt-4o-mini',
    failed: true,
  },
  { name: 'order 2', input: 'Two of them, please.', feature: 'orders', user: 'u_1', model: 'gpt-4o' },
  { name: 'order 3', input: 'Three more.', feature: 'orders', user: 'u 3 "VIP"', model: 'gpt-4o-mini' },
  { name: 'order 4', input: 'Cancel the fourth.', feature: 'orders', user: 'u_4', model: 'gpt-4o' },
];

/**
 * Five traces with different values, for the tests of filters. Each is a chain with a model call and a tool; one tool
 * fails.
 */
export function orderTraces(): readonly (readonly TestSpan[])[] {
  return ORDERS.map(({ name, input, feature, user, model, failed }) => {
    const root = newSpanId();
    return [
      {
        name,
        id: root,
        durationMs: 900,
        ...(failed && { error: 'the lookup failed' }),
        attributes: {
          'openinference.span.kind': 'CHAIN',
          'input.value': input,
          'throughline.feature': feature,
          'user.id': user,
        },
      },
      {
        name: 'chat',
        parent: root,
        startMs: 10,
        durationMs: 700,
        attributes: {
          'openinference.span.kind': 'LLM',
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': model,
          'gen_ai.usage.input_tokens': 100,
          'gen_ai.usage.output_tokens': 20,
          'customer.tier': 'gold "A"',
        },
      },
      {
        name: 'lookup',
        parent: root,
        startMs: 720,
        durationMs: 50,
        ...(failed && { error: 'timed out' }),
        attributes: {
          'openinference.span.kind': 'TOOL',
          'gen_ai.operation.name': 'execute_tool',
          'gen_ai.tool.name': 'lookup',
        },
      },
    ];
  });
}
