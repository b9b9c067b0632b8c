import {
  asJson,
  count,
  inScope,
  json,
  nonEmpty,
  number,
  type Read,
} from '../../attributes/attribute-readers.ts';
import { toParts } from '../../messages/message-parts.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import { parseModelName } from '../../pricing/model-names.ts';
import type { CachedTokens, Dialect } from '../dialect.ts';

const SCOPE = /^strands/;
const scoped = <T>(read: Read<T>): Read<T> => inScope(SCOPE, read);

/*
 * Additions of Strands Agents to OpenTelemetry's conventions. Content is in span events, which OpenTelemetry's dialect reads.
 * Counts come from the provider: those of Bedrock and Anthropic exclude cached tokens. The usage of an agent is the sum since
 * the agent was created.
 * Source: strands-agents/sdk-python 1.x `strands/telemetry/tracer.py`.
 */
export const strands: Dialect = {
  name: 'strands',
  title: 'Strands Agents',
  describes: "AWS's Strands Agents",

  kind: scoped(({ name }) => {
    if (name === 'execute_event_loop_cycle' || name === 'Cycle' || name.startsWith('Cycle ')) return 'chain';
    return /^invoke_(?:swarm|graph)\b/.test(name) ? 'chain' : undefined;
  }),
  facts: {
    // In milliseconds, unlike the metric of this name.
    ttftMs: scoped(number('gen_ai.server.time_to_first_token')),
  },
  usage: {
    cachedTokens,
    tokens: {
      inputTokens: scoped(count('gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens')),
      outputTokens: scoped(count('gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens')),
    },
  },
  content: {
    systemInstructions: scoped(({ attributes }) => {
      const value = attributes.get('system_prompt');
      return value === undefined ? undefined : nonEmpty(toParts(asJson(value)));
    }),
    toolResult: scoped(json('tool.result')),
  },
  inputText: { keys: ['system_prompt'] },
  outputText: { keys: ['tool.result'] },
};

/** Bedrock and Anthropic exclude cached tokens. A name with a slash is one of LiteLLM, which includes them. */
function cachedTokens({ attributes }: RawSpan): CachedTokens {
  const model = attributes.get('gen_ai.request.model');
  if (typeof model !== 'string' || model.length > 300 || model.includes('/') !== model.startsWith('arn:'))
    return 'inside';
  const { id, isBedrock } = parseModelName(model);
  return isBedrock || model.startsWith('arn:') || id.startsWith('claude') ? 'outside' : 'inside';
}
