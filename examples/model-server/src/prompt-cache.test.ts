import { expect, test } from 'vitest';
import { createPromptCache } from './prompt-cache.ts';

const prompt = (tokens: number, end = '') => 'abcd'.repeat(tokens) + end;

test('the longest common prefix is cached in steps of 128 tokens, separately for each model', () => {
  const cache = createPromptCache();
  expect(cache.readPrefix('gpt-4o', prompt(1400, 'first'))).toBe(0);
  expect(cache.readPrefix('gpt-4o-mini', prompt(1400, 'first'))).toBe(0);
  expect(cache.readPrefix('gpt-4o', prompt(1400, 'second'))).toBe(1280);
  expect(cache.readPrefix('gpt-4o', prompt(1000))).toBe(0);
});

test('a marked prefix is written once and then read, unless it is too short', () => {
  const cache = createPromptCache();
  expect(cache.readMarked('claude', prompt(1024))).toEqual({ readTokens: 0, writeTokens: 1024 });
  expect(cache.readMarked('claude', prompt(1024))).toEqual({ readTokens: 1024, writeTokens: 0 });
  expect(cache.readMarked('claude', prompt(1023))).toEqual({ readTokens: 0, writeTokens: 0 });
});
