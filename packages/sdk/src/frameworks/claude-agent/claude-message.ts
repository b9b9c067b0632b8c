import { type Message, messagesFromJson, type Usage } from '@throughline/spans';
import { type Json, list, number, present, record, sum, text } from '../../core/json.ts';

/** An error that the program reports as a message, not as an exception. */
export class ClaudeError extends Error {
  override readonly name = 'ClaudeAgentError';
}

export function assistant(content: readonly unknown[]): readonly Message[] {
  return messagesFromJson([{ role: 'assistant', content }], 'assistant') ?? [];
}

/** Concatenates the texts of a message. */
export function textOf({ content }: Json): string | undefined {
  const texts = list(content).map((block) => text(record(block).text) ?? '');
  return text(texts.join(''));
}

/** Anthropic's input tokens exclude cached tokens, so they are added. */
export function usageOf(usage: Json): Usage | undefined {
  const read = number(usage.cache_read_input_tokens);
  const written = number(usage.cache_creation_input_tokens);
  const found = present({
    inputTokens:
      number(usage.input_tokens) === undefined ? undefined : sum(usage.input_tokens, read, written),
    outputTokens: number(usage.output_tokens),
    cacheReadTokens: read,
    cacheWriteTokens: written,
  });
  return Object.keys(found).length === 0 ? undefined : found;
}
