import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAMILY, spanFixture } from '../testing/span-fixture.ts';
import { layoutAt, layoutTrace } from './trace-layout.ts';

describe('the layout of a trace', () => {
  const layout = layoutTrace(FAMILY);

  it('lists parents before their children, and siblings by start time', () => {
    expect(layout.spans.map((span) => span.spanId)).toEqual(['a', 'b', 'c', 'd', 'lost']);
    expect([...layout.depth]).toEqual([0, 1, 2, 1, 0]);
    expect([...layout.parent]).toEqual([-1, 0, 1, 0, -1]);
    expect([...layout.end]).toEqual([4, 3, 3, 4, 5]);
    expect(layout.rootReason).toEqual(['root', null, null, null, 'orphan']);
  });

  it('numbers siblings', () => {
    expect([...layout.position]).toEqual([1, 1, 1, 2, 2]);
    expect([...layout.siblings]).toEqual([2, 2, 1, 2, 2]);
  });

  it('subtracts the time of overlapping children only once', () => {
    // a lasts 100 ms. Together b and d cover 10 to 90.
    expect([...layout.selfMs]).toEqual([20, 30, 10, 50, 10]);
  });

  it('sums the tokens and costs of counted calls only', () => {
    const call = { kind: 'llm', counted: true, inputTokens: 10, outputTokens: 5, costUsd: 0.5 } as const;
    const { sumTokens, sumCostUsd } = layoutTrace([
      spanFixture('agent', null, 0, 9, { kind: 'agent', inputTokens: 30, costUsd: 7 }),
      spanFixture('call', 'agent', 1, 1, call),
      spanFixture('unpriced', 'agent', 2, 1, { ...call, costUsd: null }),
      spanFixture('tool', 'agent', 3, 1, { kind: 'tool' }),
    ]);
    expect([...sumTokens]).toEqual([30, 15, 15, Number.NaN]);
    expect([...sumCostUsd]).toEqual([0.5, 0.5, Number.NaN, Number.NaN]);
  });

  it('a running trace lasts until the latest known time', () => {
    const running = layoutTrace([spanFixture('a', null, 0, null), spanFixture('b', 'a', 30, 20)]);
    expect(running.running).toBe(true);
    expect(running.totalMs).toBe(50);
    expect(running.durationMs[0]).toBeNaN();
  });

  it('contains every span exactly once, whatever the parent ids are', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const parents = fc.array(fc.option(fc.constantFrom(...ids, 'gone'), { nil: null }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(parents, fc.array(fc.nat(100), { minLength: 6, maxLength: 6 }), (links, starts) => {
        const spans = ids.map((id, i) => spanFixture(id, links[i] ?? null, starts[i] ?? 0, 10));
        const any = layoutTrace(spans);
        expect(any.spans.map((span) => span.spanId).sort()).toEqual(ids);
        any.parent.forEach((up, i) => {
          if (up < 0) return;
          expect(up).toBeLessThan(i);
          expect(any.depth[i]).toBe((any.depth[up] as number) + 1);
          expect(any.end[i]).toBeLessThanOrEqual(any.end[up] as number);
        });
      }),
    );
  });

  it('handles 5,000 levels without a stack overflow', () => {
    const deep = layoutTrace(
      Array.from({ length: 5000 }, (_, i) => spanFixture(`s${i}`, i === 0 ? null : `s${i - 1}`, i, 5000 - i)),
    );
    expect(deep.maxDepth).toBe(4999);
    expect(deep.end[0]).toBe(5000);
  });

  it('is empty if there are no spans', () => {
    expect(layoutTrace([]).spans).toEqual([]);
  });
});

describe('a running trace', () => {
  const startMs = Date.UTC(2026, 10, 20, 10);
  const open = layoutTrace([spanFixture('a', null, 0, null), spanFixture('b', 'a', 10, 500)]);

  it('lasts until now', () => {
    const now = layoutAt(open, startMs + 12_000);
    expect([now.totalMs, now.nowMs, now.stale]).toEqual([12_000, 12_000, false]);
  });

  it('lasts until its latest known time if the local clock is behind', () => {
    const now = layoutAt(open, startMs - 5_000);
    expect([now.totalMs, now.nowMs, now.stale]).toEqual([510, 0, false]);
  });

  it('stops growing after an hour without news', () => {
    const now = layoutAt(open, startMs + 3_600_511);
    expect([now.totalMs, now.nowMs, now.stale]).toEqual([510, 3_600_511, true]);
  });

  it('does not change once it has ended', () => {
    const ended = layoutTrace(FAMILY);
    expect(layoutAt(ended, startMs + 12_000)).toBe(ended);
  });
});
