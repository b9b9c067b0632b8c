import { expect, it } from 'vitest';
import { compilePattern } from './name-pattern.ts';

it.each([
  ['gpt-*', 'gpt-4o', true],
  ['*', '', true],
  ['**', 'x', true],
  ['a*b*c', 'abc', true],
  ['a*b*c', 'axxbxbyyc', true],
  ['a*b*c', 'axxbxbyy', false],
  ['a*b*c', 'ac', false],
  ['ab*bc', 'abc', false],
  ['a*a', 'a', false],
  ['*ab*ab*', 'abab', true],
  ['*ab*ab*', 'aba', false],
  ['*b*b', 'ab', false],
  ['gpt-4.1', 'gpt-411', false],
  ['', 'a', false],
])('the pattern %s and the name %s match: %s', (pattern, name, expected) => {
  expect(compilePattern(pattern)(name)).toBe(expected);
});

it('agrees with the definition for all short patterns and names', () => {
  const words = (letters: string, length: number): string[] =>
    length === 0
      ? ['']
      : ['', ...words(letters, length - 1).flatMap((word) => [...letters].map((l) => l + word))];
  const matches = (pattern: string, name: string): boolean => {
    if (pattern === '') return name === '';
    const rest = pattern.slice(1);
    if (pattern[0] === '*') return matches(rest, name) || (name !== '' && matches(pattern, name.slice(1)));
    return name[0] === pattern[0] && matches(rest, name.slice(1));
  };
  const names = [...new Set(words('ab', 5))];
  const wrong = [...new Set(words('ab*', 5))].filter((pattern) => {
    const compiled = compilePattern(pattern);
    return names.some((name) => compiled(name) !== matches(pattern, name));
  });
  expect(wrong).toEqual([]);
});
