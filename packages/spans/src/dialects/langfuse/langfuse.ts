import {
  below,
  converted,
  object,
  oneOf,
  type Read,
  tags,
  text,
  whenAny,
} from '../../attributes/attribute-readers.ts';
import { decodedText, encodedContent, encodedText, msUntil } from '../../attributes/encoded-text.ts';
import { jsonFields } from '../../attributes/json-fields.ts';
import { toolsOfBody } from '../../messages/tools-of-body.ts';
import type { Dialect } from '../dialect.ts';
import { documentCount } from '../document-count.ts';
import { langfuseCost, langfuseUsage } from './langfuse-usage.ts';

const USAGE = jsonFields('langfuse.observation.usage_details', 'langfuse.observation.usageDetails');
const COST = jsonFields('langfuse.observation.cost_details', 'langfuse.observation.costDetails');
const PARAMETERS = jsonFields('langfuse.observation.model.parameters');
const usage = USAGE.object(langfuseUsage);

/*
 * Langfuse's SDKs since version 3 (Python) and 4 (JavaScript), which write OpenTelemetry spans. Events of older versions are
 * translated to the same attributes. Structured values are JSON
 * texts. The usage has a class for each price: the classes are separate, unless it has the form of OpenAI's API.
 * Source: langfuse-js 5 `packages/core/src/constants.ts`, langfuse-python 4 `langfuse/_client/attributes.py`.
 */
export const langfuse: Dialect = {
  name: 'langfuse',
  title: 'Langfuse',
  describes: "Langfuse's SDKs",
  identifiers: { keys: ['langfuse.observation.model.name', 'langfuse.observation.prompt.name'] },

  // `span` and `event` are not listed, so that other vocabularies on the span can provide the kind.
  kind: oneOf('langfuse.observation.type', {
    generation: 'llm',
    embedding: 'embedding',
    agent: 'agent',
    chain: 'chain',
    retriever: 'retriever',
    tool: 'tool',
    evaluator: 'evaluator',
    guardrail: 'guardrail',
  }),
  impliedKind: whenAny('llm', 'langfuse.observation.model.name', 'langfuse.observation.usage_details'),
  status: oneOf('langfuse.observation.level', { ERROR: 'error' }),

  facts: {
    statusMessage: encodedText('langfuse.observation.status_message'),
    requestModel: encodedText('langfuse.observation.model.name'),
    serviceTier: PARAMETERS.text('service_tier', 'serviceTier'),
    ttftMs: msUntil('langfuse.observation.completion_start_time'),
    userId: text('langfuse.user.id'),
    sessionId: text('langfuse.session.id'),
    tags: tags('langfuse.trace.tags', 'langfuse.tags'),
    environment: text('langfuse.environment'),
    release: text('langfuse.release'),
    documentCount: documentCount(['langfuse.observation.type', 'retriever'], 'langfuse.observation.output'),
    promptName: encodedText('langfuse.observation.prompt.name'),
    promptVersion: text('langfuse.observation.prompt.version'),
  },

  usage: {
    cachedTokens: 'inside',
    tokens: {
      inputTokens: converted(usage, ({ inputTokens }) => inputTokens),
      outputTokens: converted(usage, ({ outputTokens }) => outputTokens),
      cacheReadTokens: converted(usage, ({ cacheReadTokens }) => cacheReadTokens),
      cacheWriteTokens: converted(usage, ({ cacheWriteTokens }) => cacheWriteTokens),
      reasoningTokens: converted(usage, ({ reasoningTokens }) => reasoningTokens),
      audioInputTokens: converted(usage, ({ audioInputTokens }) => audioInputTokens),
      audioOutputTokens: converted(usage, ({ audioOutputTokens }) => audioOutputTokens),
    },
    totalTokens: USAGE.count('total', 'total_tokens', 'totalTokens'),
    details: {
      cache_write_5m: USAGE.count('input_cache_creation_5m', 'cache_creation.ephemeral_5m_input_tokens'),
      cache_write_1h: USAGE.count('input_cache_creation_1h', 'cache_creation.ephemeral_1h_input_tokens'),
    },
  },
  cost: COST.object(langfuseCost),

  content: {
    input: encodedContent('langfuse.observation.input', 'langfuse.trace.input'),
    output: encodedContent('langfuse.observation.output', 'langfuse.trace.output'),
    toolDefinitions: toolsOfBody('langfuse.observation.input'),
    parameters: object('langfuse.observation.model.parameters'),
    metadata: (span) => {
      const own = METADATA(span);
      const shared = TRACE_METADATA(span);
      return own === undefined || shared === undefined ? (own ?? shared) : { ...shared, ...own };
    },
    promptName: encodedText('langfuse.observation.prompt.name'),
    promptVersion: text('langfuse.observation.prompt.version'),
  },

  inputText: { keys: ['langfuse.observation.input', 'langfuse.trace.input'] },
  outputText: { keys: ['langfuse.observation.output', 'langfuse.trace.output'] },
};

const METADATA = decoded(below('langfuse.observation.metadata.'));
const TRACE_METADATA = decoded(below('langfuse.trace.metadata.'));

/** Texts in the metadata are encoded as JSON, if they were not texts before. */
function decoded(read: Read<Readonly<Record<string, unknown>>>): typeof read {
  return converted(read, (metadata) =>
    Object.fromEntries(
      Object.entries(metadata).map(([key, value]) => [
        key,
        typeof value === 'string' ? decodedText(value) : value,
      ]),
    ),
  );
}
