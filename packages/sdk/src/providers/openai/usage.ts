import type { Usage } from '@throughline/spans';
import { type Json, number, present, record } from '../../core/json.ts';

/**
 * Reads `usage` of Chat Completions, Completions and Embeddings, including fields of compatible servers. The totals
 * include cached and audio tokens.
 * Source: platform.openai.com/docs/api-reference/chat/object
 */
export function chatUsage(usage: unknown): Usage {
  const given = record(usage);
  const input = record(given.prompt_tokens_details);
  const output = record(given.completion_tokens_details);
  return present({
    inputTokens: number(given.prompt_tokens),
    outputTokens: number(given.completion_tokens),
    // The second field is DeepSeek's.
    cacheReadTokens: number(input.cached_tokens) ?? number(given.prompt_cache_hit_tokens),
    cacheWriteTokens: number(input.cache_write_tokens),
    audioInputTokens: number(input.audio_tokens),
    reasoningTokens: number(output.reasoning_tokens),
    audioOutputTokens: number(output.audio_tokens),
    details: positive({
      accepted_prediction: output.accepted_prediction_tokens,
      rejected_prediction: output.rejected_prediction_tokens,
    }),
  });
}

/** Reads `usage` of Responses, Images and Transcriptions. */
export function responsesUsage(usage: unknown): Usage {
  const given = record(usage);
  // Transcriptions use the singular name.
  const input = record(given.input_tokens_details ?? given.input_token_details);
  const output = record(given.output_tokens_details);
  return present({
    inputTokens: number(given.input_tokens),
    outputTokens: number(given.output_tokens),
    cacheReadTokens: number(input.cached_tokens),
    cacheWriteTokens: number(input.cache_write_tokens),
    audioInputTokens: number(input.audio_tokens),
    reasoningTokens: number(output.reasoning_tokens),
    audioOutputTokens: number(output.audio_tokens),
  });
}

/** Token counts by modality, which are priced separately. The attribute names follow OpenTelemetry's conventions. */
export function modalityAttributes(usage: unknown): Record<string, number> {
  const given = record(usage);
  const input = record(given.input_tokens_details ?? given.input_token_details);
  const output = record(given.output_tokens_details);
  return present({
    'gen_ai.usage.image.input_tokens': number(input.image_tokens),
    'gen_ai.usage.text.input_tokens': number(input.text_tokens),
    'gen_ai.usage.image.output_tokens': number(output.image_tokens),
    'gen_ai.usage.text.output_tokens': number(output.text_tokens),
  }) as Record<string, number>;
}

/** Cost in US dollars, as reported by OpenRouter. */
export function reportedCost(usage: unknown): number | undefined {
  return number(record(usage).cost);
}

function positive(tokens: Json): Record<string, number> | undefined {
  const entries = Object.entries(tokens).filter(
    (entry): entry is [string, number] => (number(entry[1]) ?? 0) > 0,
  );
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
