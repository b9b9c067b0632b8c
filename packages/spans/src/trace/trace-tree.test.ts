import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTraceTree, type TreeSpan, walkTree } from './trace-tree.ts';

const span = (spanId: string, parentSpanId: string | null, second = 0): TreeSpan => ({
  spanId,
  parentSpanId,
  startTime: `2026-11-20T10:00:${String(second).padStart(2, '0')}.000000000Z`,
});

/** Formats a tree, e.g. as `a(b,c(d))`. */
function draw(spans: TreeSpan[]): string {
  const tree = buildTraceTree(spans);
  const show = (node: (typeof tree.roots)[number]): string => {
    const mark = node.rootReason && node.rootReason !== 'root' ? `${node.rootReason}:` : '';
    const children = node.children.map(show).join(',');
    return `${mark}${node.span.spanId}${children && `(${children})`}`;
  };
  return tree.roots.map(show).join(' ');
}

describe('buildTraceTree', () => {
  it('sorts children by start time, whatever the order of arrival', () => {
    expect(draw([span('d', 'c', 3), span('c', 'a', 2), span('b', 'a', 1), span('a', null, 0)])).toBe(
      'a(b,c(d))',
    );
  });

  it('sorts spans with the same start by duration, with running spans last', () => {
    const lasting = (id: string, durationMs: number | null) => ({ ...span(id, 'r', 1), durationMs });
    expect(draw([span('r', null), lasting('a', null), lasting('b', 400), lasting('c', 0.2)])).toBe(
      'r(c,b,a)',
    );
  });

  it('keeps several roots', () => {
    expect(draw([span('b', null, 1), span('a', null, 0)])).toBe('a b');
  });

  it('makes a span a root if its parent is missing, and keeps its children', () => {
    expect(draw([span('x', 'missing', 1), span('y', 'x', 2), span('a', null, 0)])).toBe('a orphan:x(y)');
  });

  it('sorts a root before an orphan with the same start', () => {
    expect(draw([span('a', 'missing'), span('z', null)])).toBe('z orphan:a');
  });

  it('breaks a cycle at its earliest span and keeps all descendants', () => {
    // The parents of a, c and b form a cycle; d is below b.
    expect(draw([span('a', 'b', 2), span('b', 'c', 1), span('c', 'a', 3), span('d', 'b', 4)])).toBe(
      'cycle:b(a(c),d)',
    );
  });

  it('treats a span that is its own parent as a cycle of one', () => {
    expect(draw([span('a', 'a')])).toBe('cycle:a');
  });

  it('keeps the later of two spans with the same id', () => {
    const tree = buildTraceTree([span('a', null, 0), { ...span('a', null, 5) }]);
    expect(tree.roots.map((root) => root.span.startTime)).toEqual(['2026-11-20T10:00:05.000000000Z']);
  });

  it('does not overflow the stack for a depth of 100,000', () => {
    const chain = Array.from({ length: 100_000 }, (_, i) => span(`s${i}`, i === 0 ? null : `s${i - 1}`));
    expect(buildTraceTree(chain).bySpanId.get('s99999')?.depth).toBe(99_999);
  });

  it('contains every span once and does not depend on the order, for any parents', () => {
    const ids = 'abcdefgh'.split('');
    const spans = fc.uniqueArray(
      fc.record({
        spanId: fc.constantFrom(...ids),
        parentSpanId: fc.option(fc.constantFrom(...ids, 'missing'), { nil: null }),
        startTime: fc.constantFrom('1', '2', '3'),
      }),
      { selector: (s) => s.spanId },
    );
    fc.assert(
      fc.property(spans, fc.infiniteStream(fc.nat()), (list, order) => {
        const shuffled = list
          .map((s) => ({ s, rank: order.next().value ?? 0 }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ s }) => s);
        const tree = buildTraceTree(list);
        const walked = [...walkTree(tree)];
        expect(walked.map((node) => node.span.spanId).sort()).toEqual(list.map((s) => s.spanId).sort());
        for (const node of walked) expect(node.depth).toBe(node.parent ? node.parent.depth + 1 : 0);
        expect(draw(shuffled)).toBe(draw(list));
      }),
    );
  });
});
