/**
 * Token counts of one call. Totals are inclusive, as in OpenTelemetry: `inputTokens` includes cached tokens. A class that
 * the source does not report is undefined, never 0.
 */
export interface Usage {
  /** All input tokens, including cached ones. */
  readonly inputTokens?: number;
  /** All output tokens, including reasoning. */
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
  /** Further classes by name, e.g. `image_input`, `text_output`, `cache_write_1h`. */
  readonly details?: Readonly<Record<string, number>>;
}
