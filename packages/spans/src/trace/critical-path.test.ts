import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlannedSpan, plan, spansOf } from '../testing/planned-span.ts';
import { spanFixture } from '../testing/span-fixture.ts';
import { findCriticalPath } from './critical-path.ts';
import { layoutTrace } from './trace-layout.ts';

/** The path as `name from–to`, with `nothing` for unrecorded time. */
function pathOf(...roots: readonly PlannedSpan[]): string {
  const layout = layoutTrace(spansOf(...roots));
  return findCriticalPath(layout)
    .segments.map(({ index, fromMs, toMs }) => `${layout.spans[index]?.name ?? 'nothing'} ${fromMs}–${toMs}`)
    .join(', ');
}

describe('the critical path', () => {
  it('follows the branch that ended last', () => {
    const root = plan('chain root', 0, 100, {}, [
      plan('tool a', 10, 60),
      plan('tool b', 10, 30),
      plan('tool c', 40, 90),
    ]);
    expect(pathOf(root)).toBe('root 0–10, a 10–40, c 40–90, root 90–100');
  });

  it('enters the children of a branch', () => {
    const root = plan('chain root', 0, 100, {}, [
      plan('chain a', 0, 90, {}, [plan('tool b', 20, 50), plan('tool c', 50, 85)]),
    ]);
    expect(pathOf(root)).toBe('a 0–20, b 20–50, c 50–85, a 85–90, root 90–100');
  });

  it('contains the time between two roots as unrecorded', () => {
    expect(pathOf(plan('span a', 0, 10), plan('span b', 40, 50))).toBe('a 0–10, nothing 10–40, b 40–50');
  });

  it('follows a child that outlives its parent, and does not give the parent time after its end', () => {
    const root = plan('span root', 0, 10, {}, [plan('tool background', 30, 60)]);
    expect(pathOf(root)).toBe('root 0–10, nothing 10–30, background 30–60');
  });

  it('lets an open span last until the end, unless its parent has ended', () => {
    expect(
      pathOf(
        plan('chain root', 0, null, {}, [plan('tool a', 0, 40), plan('tool b', 40, null)]),
        plan('span event', 80, 80),
      ),
    ).toBe('a 0–40, b 40–80');
    expect(pathOf(plan('chain root', 0, 80, {}, [plan('tool a', 0, 40), plan('tool b', 40, null)]))).toBe(
      'a 0–40, root 40–80',
    );
  });

  it('moves the spans of a service with another clock into their parent', () => {
    const root = plan('span root', 100, 200, { service: 'web' }, [
      plan('tool a', 0, 40, { service: 'other' }, [plan('tool b', 10, 40, { service: 'other' })]),
    ]);
    expect(pathOf(root)).toBe('root 100–130, a 130–140, b 140–170, root 170–200');
  });

  it('covers the whole trace exactly once, for any spans', () => {
    const ids = 'abcdefghij'.split('');
    const spans = fc.uniqueArray(
      fc.record({
        id: fc.constantFrom(...ids),
        parent: fc.option(fc.constantFrom(...ids, 'missing'), { nil: null }),
        start: fc.nat(1000),
        duration: fc.option(fc.nat(1000), { nil: null }),
        service: fc.constantFrom('web', 'other', null),
      }),
      { selector: ({ id }) => id, minLength: 1 },
    );
    fc.assert(
      fc.property(spans, (list) => {
        const layout = layoutTrace(
          list.map(({ id, parent, start, duration, service }) =>
            spanFixture(id, parent, start, duration, { service }),
          ),
        );
        const path = findCriticalPath(layout);
        const sum = path.criticalMs.reduce((ms, each) => ms + each, path.unrecordedMs);
        expect(sum).toBeCloseTo(path.totalMs, 6);
        let until = path.segments[0]?.fromMs ?? 0;
        for (const { fromMs, toMs } of path.segments) {
          expect(fromMs).toBeCloseTo(until, 6);
          until = toMs;
        }
      }),
    );
  });
});
