import { describe, expect, it } from 'vitest';
import { spanFixture } from '../../waterfall/span-fixture.ts';
import { callBefore } from './call-before.ts';
import { countRepeated } from './repeated-messages.ts';

const say = (role: string, content: string) => ({ role, parts: [{ type: 'text', content }] });
const asked = [say('system', 'be brief'), say('user', 'hi')];
const answer = { ...say('assistant', 'hello'), finish_reason: 'stop' };

describe('messages repeated from the previous call', () => {
  it('are those that both calls begin with, including the output of the previous call', () => {
    expect(
      countRepeated([...asked, answer], [...asked, say('assistant', 'hello'), say('user', 'more')]),
    ).toBe(3);
  });

  it('end where the calls differ', () => {
    expect(countRepeated(asked, [say('system', 'be brief'), say('user', 'ho')])).toBe(1);
    expect(countRepeated(asked, [say('user', 'hi')])).toBe(0);
    expect(countRepeated([], asked)).toBe(0);
    expect(countRepeated(asked, asked)).toBe(2);
  });
});

describe('the previous call', () => {
  const call = (spanId: string, parentSpanId: string | null, startMs: number, kind: 'llm' | 'tool' = 'llm') =>
    spanFixture(spanId, parentSpanId, startMs, 1, { kind });

  it('is the latest model call with the same parent', () => {
    const spans = [
      call('a', 'x', 0),
      call('b', 'x', 10),
      call('t', 'x', 15, 'tool'),
      call('c', 'y', 16),
      call('d', 'x', 20),
    ];
    expect(callBefore(spans, call('d', 'x', 20))).toBe('b');
  });

  it('is the latest one in the trace if no earlier call has the same parent', () => {
    expect(callBefore([call('a', 'x', 0), call('b', 'y', 10)], call('b', 'y', 10))).toBe('a');
    expect(callBefore([call('a', 'x', 0)], call('a', 'x', 0))).toBeUndefined();
  });
});
