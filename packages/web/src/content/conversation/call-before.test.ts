import { describe, expect, it } from 'vitest';
import { callBefore, callsAfter, callsBefore } from './call-before.ts';

const span = (spanId: string, kind: 'llm' | 'tool', second: number, parentSpanId = 'agent') => ({
  spanId,
  kind,
  parentSpanId,
  startTime: `2026-11-20T10:00:0${second}.000000000Z`,
});
const tool = span('tool', 'tool', 3);
const spans = [
  span('call 3', 'llm', 5),
  span('call 1', 'llm', 1),
  tool,
  span('other agent', 'llm', 4, 'other'),
  span('call 2', 'llm', 2),
];

describe('the model calls around a span', () => {
  it('finds the previous call of the same agent', () => {
    expect(callBefore(spans, spans[0] as (typeof spans)[0])).toBe('call 2');
  });

  it('lists the calls that can have asked for a tool, the latest first', () => {
    expect(callsBefore(spans, tool)).toEqual(['call 2', 'call 1']);
  });

  it('lists the calls that can have read its result, the earliest first', () => {
    expect(callsAfter(spans, tool)).toEqual(['other agent', 'call 3']);
  });
});
