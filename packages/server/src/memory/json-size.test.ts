import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonDepth, jsonWeight } from './json-size.ts';

const weightOf = (text: string): number => jsonWeight(Buffer.from(text));

test.each([
  ['', 0],
  ['{}', 64],
  ['[[],[],1.5]', 3 * 64 + 2 * 24],
  ['{"a":"b"}', 64 + 2 * 16],
  ['{"a, [] {}":"\\"{\\\\"}', 64 + 2 * 16],
  ['"no end {{{', 16],
  ['"\\', 16],
])('%j has the weight %i', (text, weight) => {
  expect(weightOf(text)).toBe(weight);
});

test('the content of strings has no weight', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(weightOf(JSON.stringify([text, { [text]: 1 }]))).toBe(2 * 64 + 2 * 16 + 24);
    }),
  );
});

test.each([
  ['', 0],
  ['1', 0],
  ['{}', 1],
  ['[[],[{}]]', 3],
  ['{"a":{"b":[1]},"c":[]}', 3],
  ['{"[[[[":"{\\"[[{"}', 1],
  ['[[[[', 4],
])('%j is nested %i deep', (text, depth) => {
  expect(jsonDepth(Buffer.from(text))).toBe(depth);
});
