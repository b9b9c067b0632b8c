import {
  asJson,
  converted,
  count,
  either,
  inScope,
  isRecord,
  json,
  needing,
  nonEmpty,
  number,
  text,
  typedText,
  whenAny,
} from '../../attributes/attribute-readers.ts';
import { jsonFields } from '../../attributes/json-fields.ts';
import { toParts } from '../../messages/message-parts.ts';
import { messagesFromJson } from '../../messages/messages-from-json.ts';
import type { SpanKind } from '../../model/kind.ts';
import type { Message } from '../../model/messages.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import type { Dialect } from '../dialect.ts';

const SCOPE = /^livekit/;
/** `llm_node` describes the call of `llm_request` again, so that it must not count. */
const KINDS: ReadonlyMap<string, SpanKind> = new Map([
  ['agent_session', 'chain'],
  ['agent_turn', 'agent'],
  ['user_turn', 'chain'],
  ['llm_node', 'chain'],
  ['llm_request', 'llm'],
  ['function_tool', 'tool'],
  ['judge_evaluation', 'evaluator'],
]);

/** Content moved from `lk.*` to `lk.pii.*` in 2026. */
const both = (name: string): readonly [string, string] => [`lk.pii.${name}`, `lk.${name}`];
const METRICS = jsonFields('lk.llm_metrics');
const CHAT = json(...both('chat_ctx'));
const ANSWER = text(...both('response.text'));
const CALLS = json(...both('response.function_calls'));

/*
 * LiveKit Agents. Input tokens include cached tokens.
 * Source: livekit/agents 1.x `livekit/agents/telemetry/trace_types.py`, in both spellings.
 */
export const livekit: Dialect = {
  name: 'livekit',
  title: 'LiveKit',
  describes: 'LiveKit Agents, before and after content moved to `lk.pii.*`',

  kind: either(
    inScope(SCOPE, ({ name }) => KINDS.get(name)),
    whenAny('tool', 'lk.function_tool.name'),
  ),
  status: needing(['lk.function_tool.is_error'], ({ attributes }) =>
    attributes.get('lk.function_tool.is_error') === true ? 'error' : undefined,
  ),
  facts: {
    ttftMs: converted(number('lk.response.ttft'), (seconds) => (seconds < 0 ? undefined : seconds * 1000)),
    toolName: text('lk.function_tool.name'),
    agentName: text('lk.agent_name', 'lk.agent_label'),
    userId: text(...both('participant_identity')),
  },
  usage: {
    cachedTokens: 'inside',
    tokens: {
      inputTokens: METRICS.count('prompt_tokens'),
      outputTokens: METRICS.count('completion_tokens'),
      cacheReadTokens: either(
        METRICS.count('prompt_cached_tokens'),
        count('gen_ai.usage.input_cached_tokens'),
      ),
      audioInputTokens: count('gen_ai.usage.input_audio_tokens'),
      audioOutputTokens: count('gen_ai.usage.output_audio_tokens'),
    },
    totalTokens: METRICS.count('total_tokens'),
    details: {
      text_input: count('gen_ai.usage.input_text_tokens'),
      text_output: count('gen_ai.usage.output_text_tokens'),
    },
  },
  content: {
    input: either(
      ...['user_input', 'user_transcript', 'input_text'].flatMap((name) =>
        both(name).map((key) => typedText(key)),
      ),
    ),
    output: either(...both('response.text').map((key) => typedText(key))),
    inputMessages: converted(CHAT, chatMessages),
    outputMessages: needing([...both('response.text'), ...both('response.function_calls')], answerMessages),
    toolDefinitions: needing(['lk.function_tools'], ({ attributes }) => {
      const tools = asJson(attributes.get('lk.function_tools') ?? null);
      return Array.isArray(tools) ? nonEmpty(tools) : undefined;
    }),
    toolName: text('lk.function_tool.name'),
    toolCallId: text('lk.function_tool.id'),
    toolArguments: json(...both('function_tool.arguments')),
    toolResult: json(...both('function_tool.output')),
  },
  inputText: {
    keys: [
      'chat_ctx',
      'user_input',
      'user_transcript',
      'input_text',
      'instructions',
      'function_tool.arguments',
    ].flatMap(both),
  },
  outputText: { keys: ['response.text', 'response.function_calls', 'function_tool.output'].flatMap(both) },
};

function chatMessages(context: unknown): readonly Message[] | undefined {
  return messagesFromJson(isRecord(context) ? context.items : context, 'user');
}

function answerMessages(span: RawSpan): readonly Message[] | undefined {
  const text = ANSWER(span);
  const calls = CALLS(span);
  const list = Array.isArray(calls)
    ? calls.map((call) => (typeof call === 'string' ? asJson(call) : call)).filter(isRecord)
    : [];
  const parts = [...toParts(text), ...toParts(list.map((call) => ({ ...call, type: 'function_call' })))];
  return parts.length === 0 ? undefined : [{ role: 'assistant', parts }];
}
