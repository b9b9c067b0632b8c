import { count, json, text, texts, whenAny } from '../../attributes/attribute-readers.ts';
import type { Dialect } from '../dialect.ts';

/*
 * Additions of Anthropic's own SDKs to OpenTelemetry's conventions, on the spans that they create themselves.
 * Source: @anthropic-ai/sdk 1.11.0 `internal/tracing`.
 */
export const anthropicSdk: Dialect = {
  name: 'anthropic-sdk',
  title: 'Anthropic SDK',
  describes: "spans that Anthropic's own SDKs create",
  // Token counting requests name a model but do not call it.
  kind: whenAny('span', 'anthropic.message.count_tokens.input_tokens'),
  facts: {
    finishReasons: texts('anthropic.message.stop_reason'),
    sessionId: text('anthropic.session.id'),
  },
  usage: {
    cachedTokens: 'inside',
    tokens: {},
    details: {
      cache_write_5m: count('anthropic.usage.cache_creation.ephemeral_5m_input_tokens'),
      cache_write_1h: count('anthropic.usage.cache_creation.ephemeral_1h_input_tokens'),
    },
  },
  content: {
    toolResult: json('anthropic.tool_result.content'),
  },
  outputText: { keys: ['anthropic.tool_result.content'] },
};
