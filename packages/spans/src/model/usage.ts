/**
 * Tokens of one call. Totals are inclusive, as OpenTelemetry counts them: `inputTokens` holds cached tokens too.
 * A class that the source did not report is absent, never 0.
 */
export interface Usage {
  /** All input tokens, cached ones included. */
  readonly inputTokens?: number;
  /** All output tokens, reasoning included. */
  readonly outputTokens?: number;
  /** Part of the input that was read from the provider's prompt cache. */
  readonly cacheReadTokens?: number;
  /** Part of the input that was written to the provider's prompt cache. */
  readonly cacheWriteTokens?: number;
  /** Part of the output that was reasoning. */
  readonly reasoningTokens?: number;
  /** Part of the input that was audio. */
  readonly audioInputTokens?: number;
  /** Part of the output that was audio. */
  readonly audioOutputTokens?: number;
  /** Further classes by the name of their source, e.g. `image_input`, `text_output`, `cache_write_1h`. */
  readonly details?: Readonly<Record<string, number>>;
}
