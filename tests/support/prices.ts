/** Published prices in dollars per million tokens, repeated here so that tests do not use the price table they test. */
const PRICES = {
  'gpt-4o': { input: 2.5, cacheRead: 1.25, cacheWrite: 0, output: 10 },
  'gpt-4o-mini': { input: 0.15, cacheRead: 0.075, cacheWrite: 0, output: 0.6 },
  'gpt-5-mini': { input: 0.25, cacheRead: 0.025, cacheWrite: 0, output: 2 },
  'text-embedding-3-small': { input: 0.02, cacheRead: 0, cacheWrite: 0, output: 0 },
  'gemini-2.5-flash': { input: 0.3, cacheRead: 0.03, cacheWrite: 0, output: 2.5 },
  'mistral-large-2411': { input: 2, cacheRead: 0, cacheWrite: 0, output: 6 },
  'command-r-plus': { input: 2.5, cacheRead: 0, cacheWrite: 0, output: 10 },
  'amazon.nova-pro-v1:0': { input: 0.8, cacheRead: 0.2, cacheWrite: 0, output: 3.2 },
  'claude-sonnet-4-20250514': { input: 3, cacheRead: 0.3, cacheWrite: 3.75, output: 15 },
} as const;

interface Tokens {
  /** All input tokens, including cached ones. */
  readonly input: number;
  readonly output?: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
}

export function priceOf(model: keyof typeof PRICES, tokens: Tokens): number {
  const { input, output = 0, cacheRead = 0, cacheWrite = 0 } = tokens;
  const price = PRICES[model];
  const dollarsPerMillion =
    (input - cacheRead - cacheWrite) * price.input +
    cacheRead * price.cacheRead +
    cacheWrite * price.cacheWrite +
    output * price.output;
  return dollarsPerMillion / 1e6;
}
