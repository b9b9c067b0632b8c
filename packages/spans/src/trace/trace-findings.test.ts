import { describe, expect, it } from 'vitest';
import { type FindingsSpan, findingsOf } from './trace-findings.ts';
import { buildTraceTree } from './trace-tree.ts';

function span(
  spanId: string,
  parentSpanId: string | null,
  startMs: number,
  durationMs: number,
  more: Partial<FindingsSpan> = {},
) {
  const startTime = new Date(Date.UTC(2026, 10, 20, 10) + startMs).toISOString().replace('Z', '000000Z');
  return {
    spanId,
    parentSpanId,
    startTime,
    durationMs,
    status: 'unset',
    costUsd: null,
    counted: false,
    ...more,
  } satisfies FindingsSpan;
}

/**
 *     root      0───────────────────100   error, passed on from lookup
 *     ├─ search  0──────────60
 *     └─ agent   60──────────100          repeats the cost of its children
 *        ├─ chat  60────80                $0.02
 *        └─ lookup      80──90            error
 */
const trace = [
  span('root', null, 0, 100, { status: 'error' }),
  span('search', 'root', 0, 60),
  span('agent', 'root', 60, 40, { costUsd: 0.5 }),
  span('chat', 'agent', 60, 20, { costUsd: 0.02, counted: true }),
  span('lookup', 'agent', 80, 10, { status: 'error' }),
];

describe('the findings of a trace', () => {
  const found = findingsOf(buildTraceTree(trace), 100);

  it('name the span with the most self time, not the root that waits for it', () => {
    expect([found.slowest?.span.spanId, found.slowest?.selfMs, found.slowest?.share]).toEqual([
      'search',
      60,
      0.6,
    ]);
  });

  it('name the most expensive call, not the agent that reports the total of its calls', () => {
    expect(found.mostExpensive?.spanId).toBe('chat');
  });

  it('name the span in which an error started, not those that passed it on', () => {
    expect(found.errors.map(({ spanId }) => spanId)).toEqual(['lookup']);
  });

  it('count the time of overlapping children once', () => {
    const overlapping = [
      span('root', null, 0, 100),
      span('b', 'root', 0, 40),
      span('c', 'root', 20, 40),
      span('d', 'root', 90, 400),
    ];
    const [first] = [findingsOf(buildTraceTree(overlapping), 490)];
    expect([first?.slowest?.span.spanId, first?.slowest?.selfMs]).toEqual(['d', 400]);
    expect(findingsOf(buildTraceTree(overlapping.slice(0, 3)), 100).slowest).toMatchObject({
      selfMs: 40,
      share: 0.4,
    });
  });

  it('are empty for a trace of one span', () => {
    expect(findingsOf(buildTraceTree([span('a', null, 0, 5)]), 5)).toEqual({ errors: [] });
  });
});
