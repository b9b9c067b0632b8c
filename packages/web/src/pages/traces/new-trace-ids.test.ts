import { describe, expect, it } from 'vitest';
import { spanFixture } from '../../waterfall/span-fixture.ts';
import { newTraceIds, touches } from './new-trace-ids.ts';

const span = (traceId: string, startMs: number) => ({
  ...spanFixture('s', null, startMs, 1),
  traceId,
  userId: null,
  sessionId: null,
});
const at = (startMs: number) => spanFixture('s', null, startMs, 1).startTime;

describe('new traces of a live event', () => {
  it('are counted once each, and only if they are not shown yet', () => {
    const spans = [span('a', 10), span('b', 11), span('b', 12), span('c', 13)];
    expect(newTraceIds({ spans }, [{ traceId: 'a' }], undefined)).toEqual(['b', 'c']);
  });

  it('do not include traces on pages that are not loaded yet', () => {
    const spans = [span('old', 10), span('long', 60)];
    expect(newTraceIds({ spans }, [], at(50))).toEqual(['long']);
  });
});

it('traces touch a list if it shows one of them', () => {
  expect(touches(['a', 'b'], [{ traceId: 'b' }])).toBe(true);
  expect(touches([null, 'a'], [{ traceId: 'b' }])).toBe(false);
});
