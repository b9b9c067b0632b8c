import { expect, it } from 'vitest';
import { toJson } from './to-json.ts';

it('converts any value to text, however deeply it is nested', () => {
  let deep: unknown = 1;
  for (let i = 0; i < 200_000; i++) deep = [deep];
  expect(toJson(deep)).toBe('(nested too deeply to show)');
  expect(toJson({ a: [1] }, 1)).toBe('{\n "a": [\n  1\n ]\n}');
  expect(toJson(undefined)).toBe('undefined');
});
