import { countTokens } from './tokens.ts';

/** Neither provider caches shorter prefixes. */
const MINIMUM_TOKENS = 1024;
/** OpenAI counts cached prefixes in steps of this many tokens. */
const STEP_TOKENS = 128;
const REMEMBERED_PROMPTS = 64;
const REMEMBERED_CHARACTERS = 200_000;

/** Remembers prompts by model, as providers do for some minutes. */
export interface PromptCache {
  /** Caching of OpenAI: returns the tokens of the longest prefix shared with an earlier prompt. 0 if it is too short. */
  readPrefix(model: string, prompt: string): number;
  /** Caching of Anthropic: caches exactly the prefix that the caller marked. */
  readMarked(model: string, prefix: string): { readonly readTokens: number; readonly writeTokens: number };
}

export function createPromptCache(): PromptCache {
  const prompts = new Map<string, string[]>();
  const marked = new Set<string>();

  return {
    readPrefix(model, prompt) {
      const text = prompt.slice(0, REMEMBERED_CHARACTERS);
      const earlier = prompts.get(model) ?? [];
      const longest = Math.max(0, ...earlier.map((other) => commonPrefixLength(other, text)));
      prompts.set(model, [...earlier, text].slice(-REMEMBERED_PROMPTS));
      const tokens = Math.floor(longest / 4 / STEP_TOKENS) * STEP_TOKENS;
      return tokens >= MINIMUM_TOKENS ? tokens : 0;
    },
    readMarked(model, prefix) {
      const tokens = countTokens(prefix);
      if (tokens < MINIMUM_TOKENS) return { readTokens: 0, writeTokens: 0 };
      const key = `${model}\n${prefix}`;
      if (marked.has(key)) return { readTokens: tokens, writeTokens: 0 };
      marked.add(key);
      return { readTokens: 0, writeTokens: tokens };
    },
  };
}

function commonPrefixLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let index = 0;
  while (index < end && a.charCodeAt(index) === b.charCodeAt(index)) index += 1;
  return index;
}
