import {
  asTexts,
  below,
  converted,
  count,
  either,
  having,
  isRecord,
  json,
  needing,
  nonEmpty,
  number,
  oneOf,
  type Read,
  tags,
  text,
  texts,
  typedText,
} from '../../attributes/attribute-readers.ts';
import { parsedOrText, parseJson } from '../../attributes/parse-json.ts';
import { messagesFromText } from '../../messages/cut-messages.ts';
import { messagesFromRequest } from '../../messages/messages-from-body.ts';
import { messagesFromJson } from '../../messages/messages-from-json.ts';
import { toolCall } from '../../messages/tool-parts.ts';
import type { Message, MessagePart } from '../../model/messages.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import { canonicalProvider } from '../../pricing/providers.ts';
import type { Dialect } from '../dialect.ts';
import { embeddings } from './ai-sdk.ts';
import {
  cachedTokens,
  providerCacheRead,
  providerCacheWrite,
  providerCacheWrite1h,
  providerCacheWrite5m,
  providerCost,
  providerInput,
  providerOutput,
  providerReasoning,
  providerTier,
} from './provider-metadata.ts';

/** Version 7 has the provider's metadata too, on other spans. */
const own = <T>(read: Read<T>): Read<T> => having('ai.operationId', read);

/*
 * The `ai.*` attributes of the Vercel AI SDK up to version 6 (`experimental_telemetry`) and of `LegacyOpenTelemetry` in
 * version 7. The outer span of an operation repeats the usage of the model calls inside it, so it must not count as a
 * model call itself.
 * Source: ai 6.0.326 `src/generate-text/*.ts`, `src/telemetry/*.ts`; @ai-sdk/otel 1.0.173 `legacy-open-telemetry.ts`.
 */
export const aiSdkLegacy: Dialect = {
  name: 'ai-sdk-legacy',
  title: 'Vercel AI SDK 3 to 6',
  describes: '`experimental_telemetry` of the AI SDK',
  identifiers: {
    keys: ['ai.model.id', 'ai.model.provider', 'ai.response.id', 'ai.response.model', 'ai.toolCall.id'],
  },

  kind: oneOf('ai.operationId', {
    'ai.generateText': 'agent',
    'ai.streamText': 'agent',
    'ai.generateObject': 'chain',
    'ai.streamObject': 'chain',
    'ai.embed': 'chain',
    'ai.embedMany': 'chain',
    'ai.rerank': 'chain',
    'ai.generateText.doGenerate': 'llm',
    'ai.streamText.doStream': 'llm',
    'ai.generateObject.doGenerate': 'llm',
    'ai.streamObject.doStream': 'llm',
    'ai.embed.doEmbed': 'embedding',
    'ai.embedMany.doEmbed': 'embedding',
    'ai.rerank.doRerank': 'reranker',
    'ai.toolCall': 'tool',
  }),

  facts: {
    provider: converted(text('ai.model.provider'), canonicalModelProvider),
    operation: text('ai.operationId'),
    requestModel: text('ai.model.id'),
    responseModel: text('ai.response.model'),
    responseId: text('ai.response.id'),
    finishReasons: texts('ai.response.finishReason', 'ai.finishReason'),
    ttftMs: number('ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk'),
    serviceTier: own(providerTier),
    toolName: text('ai.toolCall.name'),
    agentName: text('ai.telemetry.functionId'),
    userId: text('ai.telemetry.metadata.userId'),
    sessionId: text(
      'ai.telemetry.metadata.sessionId',
      'ai.telemetry.metadata.threadId',
      'ai.telemetry.metadata.chatId',
    ),
    tags: tags('ai.telemetry.metadata.tags'),
  },

  usage: {
    cachedTokens,
    tokens: {
      inputTokens: either(
        own(providerInput),
        count('ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'),
      ),
      outputTokens: either(own(providerOutput), count('ai.usage.outputTokens', 'ai.usage.completionTokens')),
      cacheReadTokens: either(
        count('ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'),
        own(providerCacheRead),
      ),
      cacheWriteTokens: either(count('ai.usage.inputTokenDetails.cacheWriteTokens'), own(providerCacheWrite)),
      reasoningTokens: either(
        count('ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'),
        own(providerReasoning),
      ),
    },
    totalTokens: count('ai.usage.totalTokens'),
    details: { cache_write_5m: own(providerCacheWrite5m), cache_write_1h: own(providerCacheWrite1h) },
  },
  cost: own(providerCost),

  content: {
    input: typedText('ai.prompt'),
    output: either(typedText('ai.response.object'), typedText('ai.result.object')),
    inputMessages: either(
      converted(text('ai.prompt.messages'), (messages) =>
        messagesFromText(messages, (json) => messagesFromJson(json, 'user')),
      ),
      converted(text('ai.prompt'), (prompt) => messagesFromText(prompt, messagesFromRequest)),
    ),
    outputMessages: needing(
      [
        'ai.response.text',
        'ai.response.reasoning',
        'ai.response.object',
        'ai.response.toolCalls',
        'ai.result.text',
        'ai.result.object',
        'ai.result.toolCalls',
      ],
      outputMessages,
    ),
    toolDefinitions,
    // Version 7 uses `ai.values` too, together with OpenTelemetry's attribute for the dimensions.
    embedding: embeddings,
    parameters: settings,
    metadata: below('ai.telemetry.metadata.', 'context.'),
    toolName: text('ai.toolCall.name'),
    toolCallId: text('ai.toolCall.id'),
    toolArguments: json('ai.toolCall.args'),
    toolResult: json('ai.toolCall.result'),
  },

  inputText: { keys: ['ai.prompt', 'ai.prompt.messages', 'ai.toolCall.args'] },
  outputText: {
    keys: [
      'ai.response.text',
      'ai.response.reasoning',
      'ai.response.object',
      'ai.response.toolCalls',
      'ai.result.text',
      'ai.result.object',
      'ai.result.toolCalls',
      'ai.toolCall.result',
    ],
  },
};

/** Converts names such as `openai.chat`, `google.vertex.chat` or `amazon-bedrock`, which may end in the provider's API. */
export function canonicalModelProvider(name: string): string {
  if (name.startsWith('google.vertex')) return canonicalProvider('vertex_ai');
  const [head = name] = name.split('.');
  return canonicalProvider(head.replaceAll('-', '_'));
}

// Version 3 called them `ai.result.*`.
const TEXT = text('ai.response.text', 'ai.result.text');
const REASONING = text('ai.response.reasoning');
const OBJECT = text('ai.response.object', 'ai.result.object');
const FINISH_REASON = text('ai.response.finishReason', 'ai.finishReason');

/** Combines the parts of the answer, which are in separate attributes. */
function outputMessages(span: RawSpan): readonly Message[] | undefined {
  const parts: MessagePart[] = [];
  const reasoning = REASONING(span);
  if (reasoning !== undefined) parts.push({ type: 'reasoning', content: reasoning });
  const answer = TEXT(span) ?? OBJECT(span);
  if (answer !== undefined) parts.push({ type: 'text', content: answer });
  const calls = span.attributes.get('ai.response.toolCalls') ?? span.attributes.get('ai.result.toolCalls');
  const list = typeof calls === 'string' ? parseJson(calls) : undefined;
  for (const call of Array.isArray(list) ? list : []) {
    if (!isRecord(call)) continue;
    const part = toolCall(call.toolCallId, { name: call.toolName }, call.input ?? call.args);
    if (part !== undefined) parts.push(part);
  }
  if (parts.length === 0) return undefined;
  const reason = FINISH_REASON(span);
  return [{ role: 'assistant', parts, ...(reason === undefined ? {} : { finish_reason: reason }) }];
}

/** The tools are a list of JSON texts. */
function toolDefinitions({ attributes }: RawSpan): readonly unknown[] | undefined {
  return nonEmpty((asTexts(attributes.get('ai.prompt.tools') ?? null) ?? []).map(parsedOrText));
}

/** Excludes `context.*` of version 7, which is metadata. */
const SETTINGS = below('ai.settings.', 'context.');
const TOOL_CHOICE = json('ai.prompt.toolChoice');
const SCHEMA = json('ai.schema');

function settings(span: RawSpan): Readonly<Record<string, unknown>> | undefined {
  const given = SETTINGS(span);
  const toolChoice = TOOL_CHOICE(span);
  const schema = SCHEMA(span);
  if (given === undefined && toolChoice === undefined && schema === undefined) return undefined;
  return {
    ...given,
    ...(toolChoice === undefined ? {} : { tool_choice: toolChoice }),
    ...(schema === undefined ? {} : { schema }),
  };
}
