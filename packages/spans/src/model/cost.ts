/** Cost of a call in US dollars. Undefined if no price is known; never 0 for an unknown model. */
export interface Cost {
  /** Total cost. */
  readonly usd: number;
  /** Part for input. Undefined if only a total was reported. */
  readonly inputUsd?: number;
  /** Part for output. Undefined if only a total was reported. */
  readonly outputUsd?: number;
  /** Parts by token class as in `Usage`, e.g. `cacheReadTokens`. Undefined if only totals are known. */
  readonly byClass?: Readonly<Record<string, number>>;
  /** Source of the cost: `reported` by the client or provider, or a price table, e.g. `genai-prices@0.1.8`. */
  readonly source: string;
}

/** The largest cost of one call that can be stored. A larger one comes from a wrong number of tokens or a wrong price. */
export const MAX_COST_USD = 999_999;
