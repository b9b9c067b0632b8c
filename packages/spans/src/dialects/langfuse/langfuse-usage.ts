import { countOf, type JsonRecord, numberOf, valueAt } from '../../attributes/json-fields.ts';
import type { Usage } from '../../model/usage.ts';
import type { ReportedCost } from '../dialect.ts';

const CACHE_READ = [
  'cache_read_input_tokens',
  'input_cached_tokens',
  'input_cache_read',
  'input_cache_read_tokens',
  'cached_tokens',
  'prompt_tokens_details.cached_tokens',
  'input_tokens_details.cached_tokens',
];
const CACHE_WRITE = [
  'cache_creation_input_tokens',
  'input_cache_creation',
  'input_cache_creation_tokens',
  'input_cache_write',
];
/** Classes of Langfuse by the lifetime of the cache. Without a class for both, they are all that was written. */
const CACHE_WRITE_5M = ['input_cache_creation_5m', 'cache_creation.ephemeral_5m_input_tokens'];
const CACHE_WRITE_1H = ['input_cache_creation_1h', 'cache_creation.ephemeral_1h_input_tokens'];
const REASONING = [
  'output_reasoning_tokens',
  'output_reasoning',
  'completion_tokens_details.reasoning_tokens',
  'output_tokens_details.reasoning_tokens',
];

/**
 * Converts usage details to inclusive totals. OpenAI's form (`prompt_tokens`, or `input_tokens` with details) has inclusive
 * totals already. In Langfuse's own form and in Anthropic's, every class is separate.
 */
export function langfuseUsage(details: JsonRecord): Usage | undefined {
  const first = (paths: readonly string[]) => {
    for (const path of paths) {
      const count = countOf(valueAt(details, path));
      if (count !== undefined) return count;
    }
    return undefined;
  };
  const isAnthropic = 'cache_read_input_tokens' in details || 'cache_creation_input_tokens' in details;
  const isInclusive =
    !('input' in details) && !('output' in details) && ('prompt_tokens' in details || !isAnthropic);
  const read = first(CACHE_READ);
  const write5m = first(CACHE_WRITE_5M);
  const write1h = first(CACHE_WRITE_1H);
  const byLifetime =
    write5m === undefined && write1h === undefined ? undefined : (write5m ?? 0) + (write1h ?? 0);
  const write = first(CACHE_WRITE) ?? byLifetime;
  const reasoning = first(REASONING);
  const audioInput = first(['input_audio_tokens', 'input_audio', 'prompt_tokens_details.audio_tokens']);
  const audioOutput = first([
    'output_audio_tokens',
    'output_audio',
    'completion_tokens_details.audio_tokens',
  ]);
  const input = first(['input', 'prompt_tokens', 'input_tokens', 'promptTokens', 'inputTokens']);
  const output = first(['output', 'completion_tokens', 'output_tokens', 'completionTokens', 'outputTokens']);
  const sum = (base: number | undefined, ...parts: readonly (number | undefined)[]) =>
    base === undefined || isInclusive ? base : parts.reduce<number>((all, part) => all + (part ?? 0), base);
  return {
    ...present('inputTokens', sum(input, read, write, separate(details, 'input_audio', audioInput))),
    ...present(
      'outputTokens',
      sum(
        output,
        separate(details, 'output_reasoning', reasoning),
        separate(details, 'output_audio', audioOutput),
      ),
    ),
    ...present('cacheReadTokens', read),
    ...present('cacheWriteTokens', write),
    ...present('reasoningTokens', reasoning),
    ...present('audioInputTokens', audioInput),
    ...present('audioOutputTokens', audioOutput),
  };
}

/** Classes with these names are separate from the totals; those of OpenAI's details are part of them. */
function separate(details: JsonRecord, prefix: string, count: number | undefined): number | undefined {
  return Object.keys(details).some((key) => key.startsWith(prefix)) ? count : undefined;
}

function present<K extends keyof Usage>(key: K, count: number | undefined): { [P in K]?: number } {
  return count === undefined ? {} : ({ [key]: count } as { [P in K]?: number });
}

/** Names of our token classes for the classes of Langfuse. */
const CLASSES: Readonly<Record<string, string>> = {
  input: 'inputTokens',
  output: 'outputTokens',
  cache_read_input_tokens: 'cacheReadTokens',
  input_cached_tokens: 'cacheReadTokens',
  input_cache_read: 'cacheReadTokens',
  cache_creation_input_tokens: 'cacheWriteTokens',
  input_cache_creation: 'cacheWriteTokens',
  output_reasoning_tokens: 'reasoningTokens',
  output_reasoning: 'reasoningTokens',
};

/** Maximum number of classes. */
const MAX_CLASSES = 40;

/** Converts cost details. Without a total, the total is the sum of all classes. */
export function langfuseCost(details: JsonRecord): ReportedCost | undefined {
  const byClass: Record<string, number> = {};
  let all = 0;
  let inputUsd = 0;
  let outputUsd = 0;
  let any = false;
  for (const [name, value] of Object.entries(details).slice(0, MAX_CLASSES)) {
    const usd = numberOf(value);
    if (usd === undefined || usd < 0 || name.startsWith('total')) continue;
    any = true;
    all += usd;
    byClass[CLASSES[name] ?? name] = usd;
    if (/output|completion|reasoning/.test(name) && !name.startsWith('input')) outputUsd += usd;
    else inputUsd += usd;
  }
  const total = numberOf(details.total ?? details.total_cost ?? details.totalCost);
  if (!any) return total === undefined ? undefined : { usd: total };
  return { usd: total ?? all, inputUsd, outputUsd, byClass };
}
