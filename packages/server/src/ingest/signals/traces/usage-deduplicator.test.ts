import type { RawSpan, SpanFacts } from '@throughline/spans';
import { describe, expect, it } from 'vitest';
import { UsageDeduplicator } from './usage-deduplicator.ts';

interface Given {
  readonly id: string;
  readonly parent?: string;
  readonly kind?: SpanFacts['kind'];
  readonly tokens?: readonly [input: number, output: number];
  readonly scope?: string;
  readonly model?: string;
}

/** Returns the ids of the spans that count in the end. */
function counted(spans: readonly Given[]): string[] {
  const counts: boolean[] = [];
  const calls = new UsageDeduplicator((at) => {
    counts[at] = false;
  });
  for (const [
    at,
    { id, parent = '', kind = 'llm', tokens, scope = 'wrapper', model = 'm' },
  ] of spans.entries()) {
    const raw = { traceId: 't', spanId: id, parentSpanId: parent, scope: { name: scope } } as RawSpan;
    const usage = tokens && { inputTokens: tokens[0], outputTokens: tokens[1] };
    const facts = { kind, model, ...(usage ? { usage } : {}) } as SpanFacts;
    counts[at] = calls.counts(raw, facts);
    if (counts[at]) calls.add(raw, facts, at);
  }
  return spans.filter((_span, at) => counts[at]).map(({ id }) => id);
}

describe('UsageDeduplicator', () => {
  it('counts model, embedding and rerank calls, but not the spans that contain them', () => {
    const kinds = ['llm', 'embedding', 'reranker', 'agent', 'chain', 'tool', 'span'] as const;
    expect(counted(kinds.map((kind) => ({ id: kind, kind, tokens: [1, 2] })))).toEqual([
      'llm',
      'embedding',
      'reranker',
    ]);
  });

  it('counts a call that two instrumentations recorded once, in either order of its spans', () => {
    const outer: Given = { id: 'outer', tokens: [10, 5] };
    const inner: Given = { id: 'inner', parent: 'outer', tokens: [10, 5], scope: 'sdk' };
    expect(counted([inner, outer])).toEqual(['outer']);
    expect(counted([outer, inner])).toEqual(['outer']);
  });

  it('counts a call below another call if the usage of that call differs or is absent', () => {
    expect(
      counted([
        { id: 'differs', parent: 'outer', tokens: [3, 5], scope: 'sdk' },
        { id: 'outer', tokens: [10, 5] },
      ]),
    ).toEqual(['differs', 'outer']);
    expect(counted([{ id: 'inner', parent: 'outer', tokens: [10, 5] }, { id: 'outer' }])).toEqual([
      'inner',
      'outer',
    ]);
    expect(counted([{ id: 'inner', parent: 'outer' }, { id: 'outer' }])).toEqual(['inner', 'outer']);
  });

  it('counts two calls with equal usage of the same instrumentation, or of two models', () => {
    const outer: Given = { id: 'outer', tokens: [10, 5] };
    expect(counted([{ id: 'inner', parent: 'outer', tokens: [10, 5] }, outer])).toEqual(['inner', 'outer']);
    const other: Given = { id: 'inner', parent: 'outer', tokens: [10, 5], scope: 'sdk', model: 'other' };
    expect(counted([other, outer])).toEqual(['inner', 'outer']);
    expect(counted([outer, other])).toEqual(['outer', 'inner']);
  });

  it('counts the calls of an agent even if the agent reports the usage of one of them', () => {
    expect(
      counted([
        { id: 'call', parent: 'agent', tokens: [10, 5] },
        { id: 'agent', kind: 'agent', tokens: [10, 5] },
      ]),
    ).toEqual(['call']);
  });
});
