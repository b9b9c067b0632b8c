/** What a call cost, in US dollars. Absent where no price is known; never 0 for an unknown model. */
export interface Cost {
  /** Total. */
  readonly usd: number;
  /** Of that, for input; absent where only a total was reported. */
  readonly inputUsd?: number;
  /** Of that, for output. */
  readonly outputUsd?: number;
  /** Of that, by class of token as in `Usage`, e.g. `cacheReadTokens`; absent where only totals are known. */
  readonly byClass?: Readonly<Record<string, number>>;
  /**
   * Where the figure comes from: `reported` by the client or the provider, or the price table and its version,
   * e.g. `genai-prices@0.1.8`.
   */
  readonly source: string;
}
