import {
  below,
  converted,
  either,
  having,
  isRecord,
  needing,
  oneOf,
  tags,
  text,
  typedText,
} from '../../attributes/attribute-readers.ts';
import { jsonFields } from '../../attributes/json-fields.ts';
import { parsedOrText, parseStructure } from '../../attributes/parse-json.ts';
import { toolsOfBody } from '../../messages/tools-of-body.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import { canonicalProvider } from '../../pricing/providers.ts';
import type { Dialect } from '../dialect.ts';
import { documentCount } from '../document-count.ts';

const KIND = 'langsmith.span.kind';
const USAGE = jsonFields('langsmith.usage_metadata', 'langsmith.metadata.usage_metadata');
const INVOCATION = jsonFields('langsmith.metadata.ls_invocation_params');
const INPUT_DETAILS = jsonFields('gen_ai.usage.input_token_details');
const OUTPUT_DETAILS = jsonFields('gen_ai.usage.output_token_details');
/** The other attributes are shared with OpenTelemetry's conventions, and mean the same. */
const INPUT = having(KIND, typedText('gen_ai.prompt'));
const OUTPUT = having(KIND, typedText('gen_ai.completion'));

/*
 * LangSmith's SDKs. Those with `LANGSMITH_OTEL_ENABLED` write these attributes, and runs of its own protocol are translated to
 * them. The whole inputs and outputs of a run are JSON texts in `gen_ai.prompt` and
 * `gen_ai.completion`, and `gen_ai.operation.name` is wrong for chains and retrievers. Input tokens include cached tokens.
 * Source: langsmith-sdk 0.12 `js/src/experimental/otel/{constants,translator}.ts`, `python/langsmith/_internal/otel`.
 */
export const langsmith: Dialect = {
  name: 'langsmith',
  title: 'LangSmith',
  describes: "LangSmith's SDKs",
  identifiers: { keys: ['langsmith.metadata.ls_model_name', 'langsmith.metadata.ls_provider'] },

  kind: oneOf(KIND, {
    llm: 'llm',
    chain: 'chain',
    tool: 'tool',
    retriever: 'retriever',
    embedding: 'embedding',
    prompt: 'prompt',
    parser: 'chain',
    agent: 'agent',
  }),

  facts: {
    name: text('langsmith.trace.name'),
    provider: converted(text('langsmith.metadata.ls_provider'), canonicalProvider),
    requestModel: text('langsmith.metadata.ls_model_name'),
    finishReasons: having(KIND, tags('gen_ai.response.finish_reasons')),
    // `langsmith.trace.session_id` is a project.
    sessionId: text(
      'langsmith.metadata.session_id',
      'langsmith.metadata.thread_id',
      'langsmith.metadata.conversation_id',
    ),
    userId: text('langsmith.metadata.user_id', 'langsmith.metadata.userId'),
    tags: tags('langsmith.span.tags'),
    documentCount: documentCount([KIND, 'retriever'], 'gen_ai.completion'),
    ttftMs: needing([KIND], firstTokenMs),
    serviceTier: either(
      USAGE.object(({ input_token_details: details }) => tierOf(details)),
      having(KIND, text('gen_ai.response.service_tier')),
      INVOCATION.text('service_tier'),
    ),
  },

  usage: {
    cachedTokens: 'inside',
    tokens: {
      inputTokens: USAGE.count('input_tokens'),
      outputTokens: USAGE.count('output_tokens'),
      cacheReadTokens: either(
        USAGE.count('input_token_details.cache_read'),
        INPUT_DETAILS.count('cache_read'),
        USAGE.object(({ input_token_details: details }) => tierCacheRead(details)),
      ),
      cacheWriteTokens: either(
        USAGE.object(({ input_token_details: details }) => cacheWrite(details)),
        INPUT_DETAILS.object(cacheWrite),
      ),
      reasoningTokens: either(
        USAGE.count('output_token_details.reasoning'),
        OUTPUT_DETAILS.count('reasoning'),
      ),
      audioInputTokens: USAGE.count('input_token_details.audio'),
      audioOutputTokens: USAGE.count('output_token_details.audio'),
    },
    totalTokens: USAGE.count('total_tokens'),
    details: {
      cache_write_5m: either(
        USAGE.count('input_token_details.ephemeral_5m_input_tokens'),
        INPUT_DETAILS.count('ephemeral_5m_input_tokens'),
      ),
      cache_write_1h: either(
        USAGE.count(
          'input_token_details.ephemeral_1h_input_tokens',
          'input_token_details.ephemeral_1hr_input_tokens',
        ),
        INPUT_DETAILS.count('ephemeral_1h_input_tokens', 'ephemeral_1hr_input_tokens'),
      ),
    },
  },
  cost: USAGE.object((usage) => {
    const { total_cost: usd, input_cost: inputUsd, output_cost: outputUsd } = usage;
    if (typeof usd !== 'number') return undefined;
    return {
      usd,
      ...(typeof inputUsd === 'number' && { inputUsd }),
      ...(typeof outputUsd === 'number' && { outputUsd }),
    };
  }),

  content: {
    input: INPUT,
    output: OUTPUT,
    // The only input of a tool is a text, often JSON.
    toolArguments: needing([KIND], (span) => {
      if (span.attributes.get(KIND) !== 'tool') return undefined;
      const inputs = parseStructure(INPUT(span)?.text ?? '');
      return isRecord(inputs) && typeof inputs.input === 'string' && Object.keys(inputs).length === 1
        ? parsedOrText(inputs.input)
        : undefined;
    }),
    toolDefinitions: having(KIND, toolsOfBody('gen_ai.prompt')),
    metadata: below('langsmith.metadata.', 'usage_metadata'),
  },

  inputText: { keys: ['gen_ai.prompt'] },
  outputText: { keys: ['gen_ai.completion'] },
};

/** Runs of a streamed call have an event for every token. */
function firstTokenMs({ events, startTimeUnixNano }: RawSpan): number | undefined {
  const first = events.find(({ name }) => name === 'new_token');
  if (first === undefined || first.timeUnixNano < startTimeUnixNano) return undefined;
  return Number(first.timeUnixNano - startTimeUnixNano) / 1e6;
}

const TIERS = ['flex', 'priority', 'batch'];

/** Tokens of a tier are counted under its name. */
function tierOf(details: unknown): string | undefined {
  if (!isRecord(details)) return undefined;
  return TIERS.find((tier) => Number(details[tier]) > 0 || Number(details[`${tier}_cache_read`]) > 0);
}

function tierCacheRead(details: unknown): number | undefined {
  if (!isRecord(details)) return undefined;
  const counts = TIERS.map((tier) => details[`${tier}_cache_read`]).find(
    (count) => typeof count === 'number',
  );
  return counts as number | undefined;
}

/** Without the sum of the writes, it is the sum of the two lifetimes. */
function cacheWrite(details: unknown): number | undefined {
  if (!isRecord(details)) return undefined;
  const { cache_creation: all } = details;
  if (typeof all === 'number' && all > 0) return all;
  const parts = [
    details.ephemeral_5m_input_tokens,
    details.ephemeral_1h_input_tokens,
    details.ephemeral_1hr_input_tokens,
  ].filter((count) => typeof count === 'number');
  return parts.length > 0
    ? parts.reduce((sum, count) => sum + count, 0)
    : typeof all === 'number'
      ? all
      : undefined;
}
