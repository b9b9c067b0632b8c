import {
  asTexts,
  below,
  converted,
  count,
  isRecord,
  json,
  needing,
  nonEmpty,
  number,
  oneOf,
  text,
  texts,
  typedText,
} from '../../attributes/attribute-readers.ts';
import { parsedOrText, parseJson } from '../../attributes/parse-json.ts';
import { messagesFromJson } from '../../messages/messages-from-json.ts';
import { toolCall } from '../../messages/tool-parts.ts';
import type { Message, MessagePart } from '../../model/messages.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import { canonicalProvider } from '../../pricing/providers.ts';
import type { Dialect } from '../dialect.ts';
import { embeddings } from './ai-sdk.ts';

/*
 * The `ai.*` attributes of the Vercel AI SDK up to version 6 (`experimental_telemetry`) and of `LegacyOpenTelemetry` in
 * version 7. The outer span of an operation repeats the usage of the model calls inside it, so it must not count as a
 * model call itself.
 * Source: ai 6.0.326 `src/generate-text/*.ts`, `src/telemetry/*.ts`; @ai-sdk/otel 1.0.173 `legacy-open-telemetry.ts`.
 */
export const aiSdkLegacy: Dialect = {
  name: 'ai-sdk-legacy',
  title: 'Vercel AI SDK 4 to 6',
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
    finishReasons: texts('ai.response.finishReason'),
    ttftMs: number('ai.response.msToFirstChunk', 'ai.stream.msToFirstChunk'),
    toolName: text('ai.toolCall.name'),
    agentName: text('ai.telemetry.functionId'),
    userId: text('ai.telemetry.metadata.userId'),
    sessionId: text('ai.telemetry.metadata.sessionId'),
  },

  usage: {
    cachedTokens: 'inside',
    tokens: {
      inputTokens: count('ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'),
      outputTokens: count('ai.usage.outputTokens', 'ai.usage.completionTokens'),
      cacheReadTokens: count('ai.usage.inputTokenDetails.cacheReadTokens', 'ai.usage.cachedInputTokens'),
      cacheWriteTokens: count('ai.usage.inputTokenDetails.cacheWriteTokens'),
      reasoningTokens: count('ai.usage.outputTokenDetails.reasoningTokens', 'ai.usage.reasoningTokens'),
    },
    totalTokens: count('ai.usage.totalTokens'),
  },

  content: {
    input: typedText('ai.prompt'),
    output: typedText('ai.response.object'),
    inputMessages: converted(json('ai.prompt.messages'), (messages) => messagesFromJson(messages, 'user')),
    outputMessages: needing(
      ['ai.response.text', 'ai.response.reasoning', 'ai.response.object', 'ai.response.toolCalls'],
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

const TEXT = text('ai.response.text');
const REASONING = text('ai.response.reasoning');
const OBJECT = text('ai.response.object');
const FINISH_REASON = text('ai.response.finishReason');

/** Combines the parts of the answer, which are in separate attributes. */
function outputMessages(span: RawSpan): readonly Message[] | undefined {
  const parts: MessagePart[] = [];
  const reasoning = REASONING(span);
  if (reasoning !== undefined) parts.push({ type: 'reasoning', content: reasoning });
  const answer = TEXT(span) ?? OBJECT(span);
  if (answer !== undefined) parts.push({ type: 'text', content: answer });
  const calls = span.attributes.get('ai.response.toolCalls');
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
