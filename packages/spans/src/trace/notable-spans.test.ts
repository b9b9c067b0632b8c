import { describe, expect, it } from 'vitest';
import { call, type PlannedSpan, plan, spansOf } from '../testing/planned-span.ts';
import { findCriticalPath } from './critical-path.ts';
import { notableSpans } from './notable-spans.ts';
import { layoutTrace } from './trace-layout.ts';

function notableOf(...roots: readonly PlannedSpan[]) {
  const layout = layoutTrace(spansOf(...roots));
  const { errors, mostExpensive, slowest } = notableSpans(layout, findCriticalPath(layout));
  return {
    errors: errors.map(({ name }) => name),
    mostExpensive: mostExpensive?.name,
    slowest: slowest?.name,
  };
}

describe('the notable spans of a trace', () => {
  it('are where an error started, the most expensive call and the step that the trace waited for', () => {
    const root = plan('chain root', 0, 100, { status: 'error' }, [
      plan('retriever search', 0, 60),
      plan('agent agent', 60, 100, { costUsd: 0.5 }, [
        call('chat', 60, 80, 100, 0.02),
        plan('tool lookup', 80, 90, { status: 'error' }),
      ]),
    ]);
    expect(notableOf(root)).toEqual({ errors: ['lookup'], mostExpensive: 'chat', slowest: 'search' });
  });

  it('name the slower of two parallel branches, not the one that was done before', () => {
    const root = plan('chain root', 0, 100, {}, [plan('tool a', 10, 60), plan('tool b', 10, 90)]);
    expect(notableOf(root).slowest).toBe('b');
  });

  it('are none for a trace of one span', () => {
    expect(notableOf(plan('span a', 0, 5))).toEqual({
      errors: [],
      mostExpensive: undefined,
      slowest: undefined,
    });
  });
});
