import { type AttributeValue, DoubleValue } from '@throughline/spans';
import { expect, test } from 'vitest';
import { AttributeSplitter, MAX_SHORT_ATTRIBUTES } from './split-attributes.ts';

const split = (entries: [string, AttributeValue][]) => new AttributeSplitter().split(new Map(entries));

test('each attribute is in exactly one of input, output and rest', () => {
  const { input, output, rest } = split([
    ['input.value', 'What is a span?'],
    ['output.value', 'A timed operation.'],
    ['input.mime_type', 'text/plain'],
    ['gen_ai.request.model', 'gpt-4o'],
    ['list', ['a']],
  ]);
  expect(input).toEqual(['input.value', 'What is a span?']);
  expect(output).toEqual(['output.value', 'A timed operation.']);
  expect([...rest.keys()]).toEqual(['input.mime_type', 'gen_ai.request.model', 'list']);
});

test('an input attribute that is not text goes to the rest, and cannot be filtered', () => {
  const { input, rest, short } = split([['input.value', 5]]);
  expect([input, [...rest], short]).toEqual([[], [['input.value', 5]], []]);
});

test('scalars of up to 256 characters can be filtered as text', () => {
  const { short } = split([
    ['text', 'x'.repeat(256)],
    ['long', 'x'.repeat(257)],
    ['int', 3],
    ['big', 9223372036854775807n],
    ['double', new DoubleValue(1)],
    ['fraction', 0.5],
    ['yes', true],
    ['nothing', null],
    ['bytes', new Uint8Array([1])],
    ['list', []],
    ['map', new Map()],
    ['__proto__', 'p'],
  ]);
  expect(short).toEqual([
    ...['text', 'x'.repeat(256), 'int', '3', 'big', '9223372036854775807', 'double', '1'],
    ...['fraction', '0.5', 'yes', 'true', '__proto__', 'p'],
  ]);
});

test('only the first attributes can be filtered if there are many, and none is lost', () => {
  const entries = Array.from({ length: 10_000 }, (_, index): [string, string] => [
    `key.${index}`,
    `${index}`,
  ]);
  const { short, rest } = split(entries);
  expect([short.length / 2, rest.size]).toEqual([MAX_SHORT_ATTRIBUTES, 10_000]);
});
