import { layoutTrace } from '@throughline/spans';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flameLanes } from './flame-lanes.ts';
import { spanFixture } from './span-fixture.ts';

const lanesOf = (spans: Parameters<typeof layoutTrace>[0]) => {
  const layout = layoutTrace(spans as never) as never as Parameters<typeof flameLanes>[0];
  const { laneOf, lanes } = flameLanes(layout);
  return { layout, laneOf, lanes, names: lanes.map((lane) => lane.map((i) => layout.spans[i]?.spanId)) };
};

describe('the lanes of a flame graph', () => {
  it('put children below their parent, and spans of the same time below each other', () => {
    const { names } = lanesOf([
      spanFixture('root', null, 0, 100),
      spanFixture('a', 'root', 10, 40),
      spanFixture('b', 'root', 20, 60),
      spanFixture('c', 'a', 10, 20),
      spanFixture('d', 'root', 85, 10),
    ]);
    expect(names).toEqual([['root'], ['a', 'd'], ['c'], ['b']]);
  });

  it('have no span that covers another', () => {
    const span = fc.record({ start: fc.nat(100), length: fc.nat(60), parent: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 40 }), (planned) => {
        const { layout, laneOf, lanes } = lanesOf(
          planned.map(({ start, length, parent }, i) =>
            spanFixture(`s${i}`, i === 0 ? null : `s${parent % i}`, start, length),
          ),
        );
        for (const lane of lanes)
          lane.forEach((i, k) => {
            const before = lane[k - 1];
            if (before === undefined) return;
            const end = (layout.startMs[before] as number) + (layout.durationMs[before] as number);
            expect(layout.startMs[i] as number).toBeGreaterThanOrEqual(end - 1e-6);
          });
        layout.parent.forEach((up, i) => {
          if (up >= 0) expect(laneOf[i] as number).toBeGreaterThan(laneOf[up] as number);
        });
      }),
    );
  });

  it('are at most 400 below a parent of which all children run at the same time', () => {
    const spans = Array.from({ length: 3_000 }, (_, i) =>
      spanFixture(`s${i}`, i === 0 ? null : 's0', 0, 100),
    );
    expect(lanesOf(spans).lanes.length).toBe(401);
  });
});
