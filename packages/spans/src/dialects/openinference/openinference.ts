import type { Read } from '../../attributes/attribute-readers.ts';
import {
  array,
  converted,
  count,
  either,
  json,
  needing,
  needingPrefix,
  number,
  object,
  oneOf,
  tags,
  text,
  texts,
  typedText,
  whenAny,
} from '../../attributes/attribute-readers.ts';
import { countAt } from '../../attributes/flattened.ts';
import { messagesFromRequest, messagesFromResponse } from '../../messages/messages-from-body.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import { canonicalProvider } from '../../pricing/providers.ts';
import type { CachedTokens, Dialect, ReportedCost } from '../dialect.ts';
import {
  choices,
  documents,
  embeddedTexts,
  inputImages,
  invocationParameters,
  langChainToolResult,
  messages,
  outputImages,
  prompts,
  systemInstructions,
  toolDefinitions,
} from './openinference-content.ts';

const itemCount = (prefix: string): Read<number> =>
  needingPrefix([prefix], ({ attributes }) => countAt(attributes, prefix));

/** LangChain spans have the provider only in their metadata, a JSON text. It is searched, not parsed, for speed. */
const langChainProvider = converted(text('metadata'), (metadata) => {
  const found = /"ls_provider":\s?"([\w.-]{1,64})"/.exec(metadata.slice(0, 4096));
  return found?.[1] === undefined ? undefined : canonicalProvider(found[1]);
});

/*
 * OpenInference, the vocabulary of Arize's instrumentations for OpenAI, Anthropic, LangChain, LlamaIndex and many others.
 * Lists are flattened, and prompt tokens include cached tokens.
 * Source: Arize-ai/openinference `spec/semantic_conventions.md`; @arizeai/openinference-semantic-conventions 2.12.0.
 *
 * `annotations.*`, `evaluations.*` (also with the prefixes `trace.` and `session.`), `graph.node.*`, `prompt.vendor` and
 * `prompt.url` are not mapped and stay attributes.
 */
export const openinference: Dialect = {
  name: 'openinference',
  title: 'OpenInference',
  describes: "Arize's instrumentations of model clients, LangChain, LlamaIndex and many others",
  identifiers: {
    keys: [
      'openinference.project.name',
      'llm.system',
      'llm.provider',
      'llm.model_name',
      'embedding.model_name',
      'reranker.model_name',
    ],
    suffixes: ['.tool_call.id', '.message.tool_call_id'],
  },

  // UNKNOWN is not listed, so that other vocabularies on the span can provide the kind.
  kind: oneOf('openinference.span.kind', {
    LLM: 'llm',
    EMBEDDING: 'embedding',
    CHAIN: 'chain',
    RETRIEVER: 'retriever',
    RERANKER: 'reranker',
    TOOL: 'tool',
    AGENT: 'agent',
    GUARDRAIL: 'guardrail',
    EVALUATOR: 'evaluator',
    PROMPT: 'prompt',
  }),
  impliedKind: either(
    whenAny('embedding', 'embedding.model_name'),
    whenAny('reranker', 'reranker.model_name', 'reranker.query'),
    whenAny('retriever', 'retrieval.documents.0.document.content', 'retrieval.documents.0.document.id'),
    whenAny(
      'llm',
      'llm.model_name',
      'llm.request.model_name',
      'llm.response.model_name',
      'llm.token_count.prompt',
    ),
  ),

  facts: {
    provider: either(
      converted(text('llm.provider'), canonicalProvider),
      converted(text('llm.system'), canonicalProvider),
      langChainProvider,
    ),
    requestModel: text(
      'llm.request.model_name',
      'llm.model_name',
      'embedding.model_name',
      'reranker.model_name',
    ),
    responseModel: text('llm.response.model_name'),
    finishReasons: texts('llm.finish_reason'),
    serviceTier: needing(['llm.invocation_parameters'], serviceTier),
    ttftMs: firstTokenMs,
    userId: text('user.id'),
    sessionId: text('session.id'),
    tags: tags('tag.tags'),
    toolName: text('tool.name'),
    agentName: text('agent.name'),
    promptVersion: text('llm.prompt_template.version'),
    documentCount: either(itemCount('reranker.output_documents.'), itemCount('retrieval.documents.')),
    inputDocumentCount: itemCount('reranker.input_documents.'),
  },

  usage: {
    cachedTokens,
    tokens: {
      inputTokens: count('llm.token_count.prompt'),
      outputTokens: count('llm.token_count.completion'),
      cacheReadTokens: count(
        'llm.token_count.prompt_details.cache_read',
        'llm.token_count.prompt_details.cache_input',
      ),
      cacheWriteTokens: count('llm.token_count.prompt_details.cache_write'),
      reasoningTokens: count('llm.token_count.completion_details.reasoning'),
      audioInputTokens: count('llm.token_count.prompt_details.audio'),
      audioOutputTokens: count('llm.token_count.completion_details.audio'),
    },
    totalTokens: count('llm.token_count.total'),
  },
  cost: reportedCost,

  content: {
    input: typedText('input.value', 'input.mime_type'),
    output: typedText('output.value', 'output.mime_type'),
    systemInstructions,
    inputMessages: either(
      messages('llm.input_messages.', 'user', 'input.value', messagesFromRequest),
      prompts,
      inputImages,
    ),
    outputMessages: either(
      messages('llm.output_messages.', 'assistant', 'output.value', messagesFromResponse),
      choices,
      outputImages,
    ),
    toolDefinitions: either(toolDefinitions, array('llm.tools')),
    parameters: invocationParameters,
    metadata: object('metadata'),
    toolName: text('tool.name'),
    toolCallId: text('tool.id', 'tool_call.id'),
    toolDescription: text('tool.description'),
    toolResult: langChainToolResult,
    toolSchema: json('tool.json_schema', 'tool.parameters'),
    embedding: embeddedTexts,
    query: text('reranker.query'),
    topK: count('reranker.top_k'),
    inputDocuments: documents('reranker.input_documents.'),
    documents: either(documents('reranker.output_documents.'), documents('retrieval.documents.')),
    promptVersion: text('llm.prompt_template.version'),
    promptId: text('prompt.id'),
    promptTemplate: text('llm.prompt_template.template'),
    promptVariables: json('llm.prompt_template.variables'),
  },

  inputText: {
    keys: ['input.value', 'reranker.query', 'llm.prompt_template.variables'],
    lists: ['llm.input_messages.', 'llm.prompts.', 'reranker.input_documents.', 'embedding.embeddings.'],
  },
  outputText: {
    keys: ['output.value', 'llm.function_call'],
    lists: ['llm.output_messages.', 'llm.choices.', 'retrieval.documents.', 'reranker.output_documents.'],
  },
};

const ANTHROPIC_SCOPE = '@arizeai/openinference-instrumentation-anthropic';

/** Before version 0.2.8, the JavaScript instrumentation for Anthropic reported prompt tokens without cached ones. */
function cachedTokens(span: RawSpan): CachedTokens {
  if (span.scope.name !== ANTHROPIC_SCOPE) return 'inside';
  const [major = 0, minor = 0, patch = 0] = span.scope.version.split('.').map(Number);
  return major === 0 && (minor < 2 || (minor === 2 && patch < 8)) ? 'outside' : 'inside';
}

const TIER = /"service_tier":\s?"(\w{1,40})"/;

/** If a tier was requested, the response has the one that served the call near its end. Neither text is parsed, for speed. */
function serviceTier({ attributes }: RawSpan): string | undefined {
  const requested = tierIn(attributes.get('llm.invocation_parameters'), 0);
  return requested === undefined ? undefined : (tierIn(attributes.get('output.value'), -512) ?? requested);
}

function tierIn(value: unknown, from: number): string | undefined {
  return typeof value === 'string'
    ? TIER.exec(value.slice(from, from < 0 ? undefined : 4096))?.[1]
    : undefined;
}

/** Python instrumentations record the first token as a span event. */
function firstTokenMs(span: RawSpan): number | undefined {
  for (const event of span.events) {
    if (event.name !== 'First Token Stream Event') continue;
    const nanos = event.timeUnixNano - span.startTimeUnixNano;
    return nanos >= 0n ? Number(nanos) / 1e6 : undefined;
  }
  return undefined;
}

const TOTAL = number('llm.cost.total');
const INPUT = number('llm.cost.prompt');
const OUTPUT = number('llm.cost.completion');

/** Token classes of the cost breakdown, named as in `Usage`. */
const COST_CLASSES = [
  ['inputTokens', number('llm.cost.prompt_details.input')],
  ['cacheReadTokens', number('llm.cost.prompt_details.cache_read', 'llm.cost.prompt_details.cache_input')],
  ['cacheWriteTokens', number('llm.cost.prompt_details.cache_write')],
  ['audioInputTokens', number('llm.cost.prompt_details.audio')],
  ['outputTokens', number('llm.cost.completion_details.output')],
  ['reasoningTokens', number('llm.cost.completion_details.reasoning')],
  ['audioOutputTokens', number('llm.cost.completion_details.audio')],
] as const;

function reportedCost(span: RawSpan): ReportedCost | undefined {
  const inputUsd = INPUT(span);
  const outputUsd = OUTPUT(span);
  const usd =
    TOTAL(span) ??
    (inputUsd === undefined && outputUsd === undefined ? undefined : (inputUsd ?? 0) + (outputUsd ?? 0));
  if (usd === undefined) return undefined;
  const byClass: Record<string, number> = {};
  for (const [name, read] of COST_CLASSES) {
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
