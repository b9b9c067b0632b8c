import { below, converted, either, tags, text } from '../../attributes/attribute-readers.ts';
import { encodedContent, encodedOneOf } from '../../attributes/encoded-text.ts';
import { jsonFields } from '../../attributes/json-fields.ts';
import type { SpanKind } from '../../model/kind.ts';
import { canonicalProvider } from '../../pricing/providers.ts';
import type { Dialect } from '../dialect.ts';

/** `function` is not listed: it is any traced function. */
const KINDS: Readonly<Record<string, SpanKind>> = {
  llm: 'llm',
  tool: 'tool',
  task: 'chain',
  eval: 'chain',
  automation: 'chain',
  score: 'evaluator',
  classifier: 'evaluator',
  review: 'evaluator',
};

const SPAN = jsonFields('braintrust.span_attributes');
const METADATA = jsonFields('braintrust.metadata', 'braintrust.metadata_json');
const METRICS = jsonFields('braintrust.metrics');
/** Metrics come as one JSON text or as attributes of their own. */
const metric = (...names: string[]) => either(METRICS.count(...names), METRIC_KEYS(...names));
const METRIC_KEYS = (...names: string[]) =>
  converted(text(...names.map((name) => `braintrust.metrics.${name}`)), (value) => {
    const count = Math.round(Number(value));
    return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
  });

/** Keys of the metadata that are not request parameters. */
const NOT_PARAMETERS = new Set(['model', 'provider', 'tools', 'user_id', 'session_id', 'thread_id']);
const PARAMETERS =
  /^(?:temperature|top_p|top_k|max_tokens|max_completion_tokens|max_output_tokens|stop|seed|n|stream|tool_choice|response_format|frequency_penalty|presence_penalty|reasoning|reasoning_effort|service_tier|logprobs|parallel_tool_calls)$/;

/*
 * Braintrust's OpenTelemetry attributes. Values are JSON texts. Input tokens include cached tokens: the wrappers add those of
 * Anthropic.
 * Source: braintrust-sdk-javascript 3.9 `js/src/otel`, `js/util/span_types.ts`; docs of the OpenTelemetry integration.
 */
export const braintrust: Dialect = {
  name: 'braintrust',
  title: 'Braintrust',
  describes: "Braintrust's SDKs and `braintrust.*` attributes",

  kind: either(
    encodedOneOf('braintrust.span_attributes.type', KINDS),
    encodedOneOf('braintrust.span.type', KINDS),
    SPAN.object(({ type }) =>
      typeof type === 'string' && Object.hasOwn(KINDS, type) ? KINDS[type] : undefined,
    ),
  ),

  facts: {
    name: SPAN.text('name'),
    requestModel: either(METADATA.text('model'), text('braintrust.metadata.model')),
    provider: converted(
      either(METADATA.text('provider'), text('braintrust.metadata.provider')),
      canonicalProvider,
    ),
    userId: either(METADATA.text('user_id'), text('braintrust.metadata.user_id')),
    sessionId: either(
      METADATA.text('session_id', 'thread_id'),
      text('braintrust.metadata.session_id', 'braintrust.metadata.thread_id'),
    ),
    serviceTier: METADATA.text('service_tier'),
    tags: tags('braintrust.tags'),
    ttftMs: converted(
      either(
        METRICS.number('time_to_first_token'),
        converted(text('braintrust.metrics.time_to_first_token'), Number),
      ),
      (seconds) => (seconds >= 0 ? seconds * 1000 : undefined),
    ),
  },

  usage: {
    cachedTokens: 'inside',
    tokens: {
      inputTokens: metric('prompt_tokens'),
      outputTokens: metric('completion_tokens'),
      cacheReadTokens: metric('prompt_cached_tokens'),
      cacheWriteTokens: metric('prompt_cache_creation_tokens'),
      reasoningTokens: metric('completion_reasoning_tokens'),
      audioInputTokens: metric('prompt_audio_tokens'),
      audioOutputTokens: metric('completion_audio_tokens'),
    },
    totalTokens: metric('tokens'),
    details: {
      cache_write_5m: metric('prompt_cache_creation_5m_tokens'),
      cache_write_1h: metric('prompt_cache_creation_1h_tokens'),
    },
  },
  cost: converted(METRICS.number('estimated_cost'), (usd) => ({ usd })),

  content: {
    input: encodedContent('braintrust.input_json', 'braintrust.input'),
    output: encodedContent('braintrust.output_json', 'braintrust.output'),
    toolDefinitions: METADATA.object(({ tools }) => (Array.isArray(tools) ? tools : undefined)),
    parameters: METADATA.object((metadata) => pick(metadata, (key) => PARAMETERS.test(key))),
    metadata: either(
      METADATA.object((metadata) =>
        pick(metadata, (key) => !PARAMETERS.test(key) && !NOT_PARAMETERS.has(key)),
      ),
      below('braintrust.metadata.'),
    ),
  },

  inputText: { keys: ['braintrust.input_json', 'braintrust.input'] },
  outputText: { keys: ['braintrust.output_json', 'braintrust.output'] },
};

function pick(
  metadata: Readonly<Record<string, unknown>>,
  isWanted: (key: string) => boolean,
): Readonly<Record<string, unknown>> | undefined {
  const entries = Object.entries(metadata).filter(([key]) => isWanted(key));
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
