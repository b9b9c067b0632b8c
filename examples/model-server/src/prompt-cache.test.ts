import { expect, test } from 'vitest';
import { createPromptCache } from './prompt-cache.ts';

const prompt = (tokens: number, end = '') => 'abcd'.repeat(tokens) + end;

test('the longest common prefix counts, in whole steps, and for its model only', () => {
  const cache = createPromptCache();
  expect(cache.readPrefix('gpt-4o', prompt(1400, 'first'))).toBe(0);
  expect(cache.readPrefix('gpt-4o-mini', prompt(1400, 'first'))).toBe(0);
  expect(cache.readPrefix('gpt-4o', prompt(1400, 'second'))).toBe(1280);
  expect(cache.readPrefix('gpt-4o', prompt(1000))).toBe(0);
});

test('a marked prefix is written once, then read; a short one is neither', () => {
  const cache = createPromptCache();
  expect(cache.readMarked('claude', prompt(1024))).toEqual({ readTokens: 0, writeTokens: 1024 });
  expect(cache.readMarked('claude', prompt(1024))).toEqual({ readTokens: 1024, writeTokens: 0 });
  expect(cache.readMarked('claude', prompt(1023))).toEqual({ readTokens: 0, writeTokens: 0 });
});
