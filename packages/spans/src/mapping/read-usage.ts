import type { CachedTokens, Dialect, TokenField } from '../dialects/dialect.ts';
import type { SpanKind } from '../model/kind.ts';
import type { RawSpan } from '../model/raw-span.ts';
import type { SpanFacts } from '../model/span.ts';
import type { Usage } from '../model/usage.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const TOKEN_FIELDS: readonly TokenField[] = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'audioInputTokens',
  'audioOutputTokens',
];

/**
 * Reads the usage of a span, each field from the first dialect that has it. The totals are then made inclusive of their
 * classes. Undefined if no dialect has any count.
 */
export function readUsage(
  span: RawSpan,
  facts: Pick<SpanFacts, 'kind' | 'provider' | 'model'>,
  dialects: readonly Dialect[],
): Usage | undefined {
  const usage: Mutable<Usage> = {};
  let details: Record<string, number> | undefined;
  let total: number | undefined;
  let cached: CachedTokens = 'inside';
  for (const { usage: source } of dialects) {
    if (source === undefined) continue;
    for (const field of TOKEN_FIELDS) {
      if (usage[field] !== undefined) continue;
      const tokens = source.tokens[field]?.(span);
      if (tokens === undefined) continue;
      usage[field] = tokens;
      if (field === 'inputTokens') cached = conventionOf(source.cachedTokens, span);
    }
    total ??= source.totalTokens?.(span);
    for (const name in source.details) {
      const tokens = source.details[name]?.(span);
      if (tokens === undefined || details?.[name] !== undefined) continue;
      details ??= {};
      details[name] = tokens;
    }
  }
  if (details !== undefined) usage.details = details;
  fillFromTotal(usage, total, facts.kind);
  makeInclusive(usage, total, cached);
  if (total !== undefined && isGemini(facts)) addThinking(usage, total);
  return Object.keys(usage).length === 0 ? undefined : usage;
}

function conventionOf(
  declared: CachedTokens | ((span: RawSpan) => CachedTokens | undefined),
  span: RawSpan,
): CachedTokens {
  return typeof declared === 'function' ? (declared(span) ?? 'inside') : declared;
}

/**
 * Makes totals inclusive. Anthropic and Bedrock report cached tokens separately from the input, and many instrumentations
 * pass that on; Gemini reports reasoning separately from the output. Such counts are recognised if a part is larger than
 * its total, or if the reported total matches only with the part added.
 */
function makeInclusive(usage: Mutable<Usage>, total: number | undefined, cached: CachedTokens): void {
  const { inputTokens: input, outputTokens: output, reasoningTokens: reasoning } = usage;
  const cache = (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
  if (input !== undefined && cache > 0) {
    const isOutside = total !== undefined && output !== undefined && total === input + cache + output;
    if (cached === 'outside' || cache > input || isOutside) usage.inputTokens = input + cache;
  }
  if (output !== undefined && reasoning !== undefined && reasoning > 0) {
    const isOutside =
      total !== undefined &&
      usage.inputTokens !== undefined &&
      total >= usage.inputTokens + output + reasoning;
    if (reasoning > output || isOutside) usage.outputTokens = output + reasoning;
  }
}

function isGemini({ provider, model }: Pick<SpanFacts, 'provider' | 'model'>): boolean {
  return model === undefined ? provider?.startsWith('gcp.') === true : model.includes('gemini');
}

/**
 * Adds to the output what only the total contains. Gemini's total is the sum of prompt, candidates and thinking, and some
 * instrumentations report the thinking nowhere else. Google charges it as output.
 */
function addThinking(usage: Mutable<Usage>, total: number): void {
  const { inputTokens: input, outputTokens: output } = usage;
  if (input === undefined || output === undefined || total <= input + output) return;
  const more = total - input - output;
  const reasoning = usage.reasoningTokens;
  // If the thinking is known and already part of the output, the rest is the prompt of built-in tools.
  if (reasoning !== undefined && reasoning <= output) usage.inputTokens = input + more;
  else usage.outputTokens = output + more;
}

/** Derives a missing side from the total. For embeddings and reranking, the total is the input. */
function fillFromTotal(usage: Mutable<Usage>, total: number | undefined, kind: SpanKind): void {
  if (total === undefined) return;
  const { inputTokens: input, outputTokens: output } = usage;
  if (input === undefined && output !== undefined && total >= output) usage.inputTokens = total - output;
  else if (output === undefined && input !== undefined && total > input) usage.outputTokens = total - input;
  else if (input === undefined && output === undefined && (kind === 'embedding' || kind === 'reranker')) {
    usage.inputTokens = total;
  }
}
