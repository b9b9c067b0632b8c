import { describe, expect, it } from 'vitest';
import { formatTraceTree, type TextTreeSpan } from './text-tree.ts';

let clock = 0;
function span(spanId: string, parentSpanId: string | null, fields: Partial<TextTreeSpan> = {}): TextTreeSpan {
  return {
    spanId,
    parentSpanId,
    startTime: `2026-11-20T10:00:00.${String(clock++).padStart(9, '0')}Z`,
    name: spanId,
    kind: 'span',
    durationMs: 1,
    status: 'unset',
    statusMessage: null,
    errorType: null,
    model: null,
    inputTokens: null,
    outputTokens: null,
    costUsd: null,
    counted: false,
    ttftMs: null,
    documentCount: null,
    inputDocumentCount: null,
    ...fields,
  };
}

const rag = [
  span('rag.handle_query', null, { kind: 'chain', durationMs: 1400 }),
  span('retrieval', 'rag.handle_query', { kind: 'chain', durationMs: 145 }),
  span('embedding', 'retrieval', {
    kind: 'embedding',
    durationMs: 35,
    inputTokens: 24,
    costUsd: 0.00000048,
    counted: true,
    model: 'text-embedding-3-small',
  }),
  span('vector_search', 'retrieval', { kind: 'retriever', durationMs: 89, documentCount: 12 }),
  span('reranking', 'retrieval', {
    kind: 'reranker',
    durationMs: 21,
    documentCount: 5,
    inputDocumentCount: 12,
  }),
  span('inference', 'rag.handle_query', {
    kind: 'llm',
    durationMs: 1240,
    inputTokens: 4000,
    outputTokens: 259,
    costUsd: 0.019,
    counted: true,
    model: 'claude-sonnet-4',
    ttftMs: 380,
  }),
];

describe('formatTraceTree', () => {
  it('shows a trace with its totals at the root', () => {
    expect(`\n${formatTraceTree(rag)}`).toBe(`
rag.handle_query      1.40 s   $0.0190   4,283 tok
├─ retrieval          145 ms
│  ├─ embedding        35 ms             24 tok     text-embedding-3-small
│  ├─ vector_search    89 ms             12 documents
│  └─ reranking        21 ms             5 of 12
└─ inference          1.24 s   $0.0190   4,259 tok  claude-sonnet-4 · first token 380 ms`);
  });

  it('does not add the usage of an agent to the usage of its model calls', () => {
    const spans = [
      span('agent', null, { kind: 'agent', inputTokens: 30, costUsd: 3, durationMs: 9 }),
      span('call 1', 'agent', { kind: 'llm', inputTokens: 10, costUsd: 1, counted: true }),
      span('call 2', 'agent', { kind: 'llm', inputTokens: 20, costUsd: 2, counted: true }),
    ];
    expect(formatTraceTree(spans).split('\n')[0]).toBe('agent       9.0 ms   $3.00   30 tok');
  });

  it('marks errors, running spans and missing parents', () => {
    const spans = [
      span('late', 'gone', { durationMs: null }),
      span('tool', 'late', { status: 'error', errorType: 'TimeoutError' }),
    ];
    expect(formatTraceTree(spans)).toBe(
      ['late      running   parent missing', '└─ tool    1.0 ms   ✗ TimeoutError'].join('\n'),
    );
  });

  it('replaces control characters in span names', () => {
    const text = formatTraceTree([span('x', null, { name: 'a\u001b[31mred\u202e\nb' })]);
    expect(text).toBe('a�[31mred�b   1.0 ms');
  });

  it('prints the depth as a number below the deepest indentation', () => {
    const chain = Array.from({ length: 3000 }, (_, i) => span(`s${i}`, i === 0 ? null : `s${i - 1}`));
    const lines = formatTraceTree(chain).split('\n');
    expect(lines.length).toBe(3000);
    expect(lines.at(-1)?.trimStart()).toBe('┄ 2999 └─ s2999   1.0 ms');
  });

  it('shows a single call as the root with its own cost, even if it is tiny', () => {
    const call = span('embed', null, { kind: 'embedding', inputTokens: 24, costUsd: 4.8e-7, counted: true });
    expect(formatTraceTree([call])).toBe('embed   1.0 ms   <$0.0001   24 tok');
  });
});
