import { describe, expect, it } from 'vitest';
import { findSpans, nextMarked } from './find-spans.ts';
import { spanFixture } from './span-fixture.ts';

const spans = [
  spanFixture('a', null, 0, 1, { name: 'answer question' }),
  spanFixture('b', null, 0, 1, { name: 'chat', kind: 'llm', model: 'gpt-4o' }),
  spanFixture('c', null, 0, 1, {
    name: 'lookup',
    kind: 'tool',
    toolName: 'lookup_order',
    status: 'error',
    errorType: 'TimeoutError',
  }),
];

describe('finding spans', () => {
  it.each([
    ['GPT', [0, 1, 0]],
    ['tool timeout', [0, 0, 1]],
    ['error', [0, 0, 1]],
    ['answer gpt', [0, 0, 0]],
    ['  ', [0, 0, 0]],
  ])('finds %j by name, kind, model, tool and error', (text, marks) => {
    expect([...findSpans(spans, text)]).toEqual(marks);
  });

  it('continues at the other end, in both directions', () => {
    const marks = Uint8Array.of(0, 1, 0, 1);
    expect(nextMarked(marks, 1, 1)).toBe(3);
    expect(nextMarked(marks, 3, 1)).toBe(1);
    expect(nextMarked(marks, 1, -1)).toBe(3);
    expect(nextMarked(Uint8Array.of(0, 1), 1, 1)).toBe(1);
    expect(nextMarked(new Uint8Array(4), 0, 1)).toBe(-1);
  });
});
