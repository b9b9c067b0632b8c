import { converted, inScope, needing, number, text } from '../../attributes/attribute-readers.ts';
import { messagesFromText } from '../../messages/cut-messages.ts';
import { messagesFromJson, missingCalls } from '../../messages/messages-from-json.ts';
import type { SpanKind } from '../../model/kind.ts';
import type { Message } from '../../model/messages.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import type { Dialect, ReportedCost } from '../dialect.ts';
import { indexedMessages } from '../traceloop/indexed-messages.ts';

const SCOPE = /^litellm/;
const TOTAL = number('gen_ai.cost.total_cost');
const INPUT = number('gen_ai.cost.input_cost');
const OUTPUT = number('gen_ai.cost.output_cost');
const CLASSES = [
  ['cacheReadTokens', number('gen_ai.cost.cache_read_cost')],
  ['cacheWriteTokens', number('gen_ai.cost.cache_creation_cost')],
] as const;
const FLATTENED = indexedMessages('gen_ai.completion.', 'assistant');

/*
 * LiteLLM's OpenTelemetry callback, of its SDK and its proxy. It reports the cost, but not the cached tokens that the cost
 * accounts for, and tool calls only in flattened messages.
 * Source: litellm 1.8x `litellm/integrations/opentelemetry.py`.
 */
export const litellm: Dialect = {
  name: 'litellm',
  title: 'LiteLLM',
  describes: "LiteLLM's OpenTelemetry callback",

  kind: inScope(
    SCOPE,
    converted(text('gen_ai.operation.name'), (operation) => KINDS.get(operation)),
  ),
  facts: {
    userId: inScope(
      SCOPE,
      text('llm.user', 'metadata.user_api_key_end_user_id', 'metadata.user_api_key_user_id'),
    ),
  },
  cost: needing(['gen_ai.cost.total_cost', 'gen_ai.cost.input_cost'], reportedCost),
  content: { outputMessages: inScope(SCOPE, needing(['gen_ai.output.messages'], outputWithCalls)) },
};

const KINDS: ReadonlyMap<string, SpanKind> = new Map([
  ['completion', 'llm'],
  ['acompletion', 'llm'],
  ['text_completion', 'llm'],
  ['atext_completion', 'llm'],
  ['responses', 'llm'],
  ['aresponses', 'llm'],
  ['anthropic_messages', 'llm'],
  ['image_generation', 'llm'],
  ['aimage_generation', 'llm'],
  ['embedding', 'embedding'],
  ['aembedding', 'embedding'],
  ['rerank', 'reranker'],
  ['arerank', 'reranker'],
]);

function reportedCost(span: RawSpan): ReportedCost | undefined {
  const inputUsd = INPUT(span);
  const outputUsd = OUTPUT(span);
  const usd = TOTAL(span) ?? (inputUsd === undefined ? undefined : inputUsd + (outputUsd ?? 0));
  if (usd === undefined) return undefined;
  const byClass: Record<string, number> = {};
  for (const [name, read] of CLASSES) {
    const part = read(span);
    if (part !== undefined) byClass[name] = part;
  }
  return {
    usd,
    ...(inputUsd === undefined ? {} : { inputUsd }),
    ...(outputUsd === undefined ? {} : { outputUsd }),
    ...(Object.keys(byClass).length === 0 ? {} : { byClass }),
  };
}

/** Adds the tool calls of the flattened messages to the last message. */
function outputWithCalls(span: RawSpan): readonly Message[] | undefined {
  const text = span.attributes.get('gen_ai.output.messages');
  if (typeof text !== 'string') return undefined;
  const messages = messagesFromText(text, (json) => messagesFromJson(json, 'assistant'));
  const last = messages?.at(-1);
  const calls = FLATTENED(span)?.flatMap(({ parts }) => parts.filter(({ type }) => type === 'tool_call'));
  if (messages === undefined || last === undefined || calls === undefined) return messages;
  const missing = missingCalls(last.parts, calls);
  return missing.length === 0
    ? messages
    : [...messages.slice(0, -1), { ...last, parts: [...last.parts, ...missing] }];
}
