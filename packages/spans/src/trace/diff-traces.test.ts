import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countChanges, diffTraces } from './diff-traces.ts';
import type { DiffableSpan } from './diffable-span.ts';
import { formatDiff } from './format-diff.ts';

function span(
  spanId: string,
  parentSpanId: string | null,
  startMs: number,
  durationMs: number,
  fields: Partial<DiffableSpan> = {},
): DiffableSpan {
  return {
    spanId,
    parentSpanId,
    startTime: new Date(Date.UTC(2026, 10, 20, 10) + startMs).toISOString().replace('Z', '000000Z'),
    name: spanId,
    kind: 'span',
    durationMs,
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

const before = [
  span('answer', null, 0, 1000, { outputFingerprint: 'yes' }),
  span('search', 'answer', 0, 200, { kind: 'retriever' }),
  span('a1', 'answer', 200, 600, {
    kind: 'llm',
    name: 'chat gpt-4o',
    model: 'gpt-4o',
    inputTokens: 900,
    outputTokens: 100,
    costUsd: 0.02,
  }),
  span('lookup', 'answer', 800, 100, { kind: 'tool' }),
];
const after = [
  span('answer', null, 0, 2100, { outputFingerprint: 'no', status: 'error', errorType: 'Timeout' }),
  span('search', 'answer', 0, 1300, { kind: 'retriever' }),
  span('rerank', 'answer', 1300, 50, { kind: 'reranker' }),
  span('b1', 'answer', 1350, 600, {
    kind: 'llm',
    name: 'chat gpt-4o-mini',
    model: 'gpt-4o-mini',
    inputTokens: 900,
    outputTokens: 160,
    costUsd: 0.005,
  }),
];

describe('diffTraces', () => {
  const rows = diffTraces(before, after);
  const shown = rows.map(({ a, b, change }) => [a?.spanId ?? null, b?.spanId ?? null, change]);

  it('pairs steps by name, calls of other models by kind, and lists added and removed steps in their place', () => {
    expect(shown).toEqual([
      ['answer', 'answer', 'changed'],
      ['search', 'search', 'same'],
      [null, 'rerank', 'added'],
      ['a1', 'b1', 'changed'],
      ['lookup', null, 'removed'],
    ]);
  });

  it('reports which values differ', () => {
    expect(rows.map(({ differences }) => differences)).toEqual([
      ['status', 'error', 'output'],
      [],
      [],
      ['name', 'model'],
      [],
    ]);
  });

  it('subtracts durations, tokens and costs, and counts a missing step as 0', () => {
    expect(rows.map(({ delta }) => delta)).toEqual([
      { durationMs: 1100, selfMs: 50, tokens: null, costUsd: null },
      { durationMs: 1100, selfMs: 1100, tokens: null, costUsd: null },
      { durationMs: 50, selfMs: 50, tokens: null, costUsd: null },
      { durationMs: 0, selfMs: 0, tokens: 60, costUsd: -0.015 },
      { durationMs: -100, selfMs: -100, tokens: null, costUsd: null },
    ]);
    expect(rows.reduce((sum, { delta }) => sum + delta.selfMs, 0)).toBe(1100);
  });

  it('pairs repeated calls by their input, even if their order differs', () => {
    const call = (spanId: string, start: number, input: string) =>
      span(spanId, 'root', start, 10, { name: 'lookup', kind: 'tool', inputFingerprint: input });
    const root = span('root', null, 0, 100);
    const found = diffTraces(
      [root, call('a1', 0, 'x'), call('a2', 10, 'y')],
      [root, call('b0', 0, 'new'), call('b1', 10, 'y'), call('b2', 20, 'x')],
    );
    expect(found.slice(1).map(({ a, b }) => [a?.spanId ?? null, b?.spanId ?? null])).toEqual([
      [null, 'b0'],
      ['a2', 'b1'],
      ['a1', 'b2'],
    ]);
  });

  it('pairs the roots of two traces although their names differ', () => {
    const found = diffTraces([span('GET /a', null, 0, 5)], [span('GET /b', null, 0, 5)]);
    expect(found).toMatchObject([{ change: 'changed', differences: ['name'] }]);
  });

  it('prints one line for each step', () => {
    expect(formatDiff(rows)).toBe(
      [
        'Steps: 1 the same, 2 changed, 0 moved, 1 added, 1 removed',
        '~ answer              +1.10 s  now fails, error none → Timeout, output differs',
        '    search            +1.10 s',
        '+   rerank            +50 ms',
        '~   chat gpt-4o-mini  −$0.0150  +60 tok  name chat gpt-4o → chat gpt-4o-mini, model gpt-4o → gpt-4o-mini',
        '-   lookup            −100 ms',
      ].join('\n'),
    );
  });

  const traces = fc.array(
    fc.record({
      parent: fc.nat(20),
      name: fc.constantFrom('plan', 'call', 'tool'),
      kind: fc.constantFrom('llm', 'tool', 'span'),
      input: fc.constantFrom('x', 'y', undefined),
      start: fc.nat(1000),
      duration: fc.nat(500),
    }),
    { maxLength: 30 },
  );
  const spansOf = (nodes: typeof traces extends fc.Arbitrary<infer T> ? T : never, prefix: string) =>
    nodes.map(({ parent, start, duration, name, kind, input }, index) =>
      span(
        `${prefix}${index}`,
        parent === index || parent >= nodes.length ? null : `${prefix}${parent}`,
        start,
        duration,
        {
          name,
          kind: kind as DiffableSpan['kind'],
          inputFingerprint: input,
        },
      ),
    );

  it('contains every step of both traces once, whatever their shape', () => {
    fc.assert(
      fc.property(traces, traces, (left, right) => {
        const found = diffTraces(spansOf(left, 'a'), spansOf(right, 'b'));
        const ids = (side: 'a' | 'b') => found.flatMap((row) => row[side]?.spanId ?? []).sort();
        expect(ids('a')).toEqual(left.map((_, index) => `a${index}`).sort());
        expect(ids('b')).toEqual(right.map((_, index) => `b${index}`).sort());
      }),
    );
  });

  it('finds no difference between a trace and itself', () => {
    fc.assert(
      fc.property(traces, (nodes) => {
        const found = diffTraces(spansOf(nodes, 'a'), spansOf(nodes, 'a'));
        expect(countChanges(found)).toEqual({
          same: nodes.length,
          changed: 0,
          moved: 0,
          added: 0,
          removed: 0,
        });
        expect(found.every(({ a, b }) => a?.spanId === b?.spanId)).toBe(true);
      }),
    );
  });
});
