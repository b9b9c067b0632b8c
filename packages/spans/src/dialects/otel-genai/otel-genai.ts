import type { Read } from '../../attributes/attribute-readers.ts';
import {
  converted,
  count,
  either,
  json,
  number,
  oneOf,
  text,
  texts,
  typedText,
  whenAny,
} from '../../attributes/attribute-readers.ts';
import { messagesFromText } from '../../messages/cut-messages.ts';
import { messagesFromRequest, messagesFromResponse } from '../../messages/messages-from-body.ts';
import type { Message } from '../../model/messages.ts';
import type { RawSpan } from '../../model/raw-span.ts';
import { canonicalProvider } from '../../pricing/providers.ts';
import type { CachedTokens, Dialect, ReportedCost } from '../dialect.ts';
import { CHOICE_EVENT } from './event-names.ts';
import {
  documents,
  embedding,
  inputEvents,
  messages,
  outputEvents,
  parameters,
  promptVariables,
  systemInstructions,
  toolDefinitions,
  toolEvent,
} from './otel-genai-content.ts';

/*
 * OpenTelemetry's semantic conventions for generative AI and MCP: the attributes of `semantic-conventions-genai`, those of
 * 1.37–1.41 if they differ, and those deprecated since 1.27.
 * Sources: open-telemetry/semantic-conventions-genai `docs/gen-ai`, open-telemetry/semantic-conventions 1.41.1
 * `docs/gen-ai` and `model/gen-ai/deprecated`.
 *
 * `gen_ai.agent.*` on a chat span names the agent that made the call. It does not make the span an agent.
 */
export const otelGenai: Dialect = {
  name: 'otel-genai',
  title: 'OpenTelemetry GenAI',
  describes:
    "OpenTelemetry's conventions for generative AI and MCP: the current attribute names and all that were deprecated since version 1.27",
  identifiers: {
    keys: [
      'gen_ai.system',
      'gen_ai.provider.name',
      'gen_ai.request.model',
      'gen_ai.response.model',
      'gen_ai.response.id',
      'gen_ai.tool.call.id',
      'gen_ai.openai.response.system_fingerprint',
    ],
  },

  kind: either(
    oneOf('gen_ai.operation.name', {
      chat: 'llm',
      text_completion: 'llm',
      completion: 'llm',
      generate: 'llm',
      generate_content: 'llm',
      fetch_response: 'llm',
      realtime_inference: 'llm',
      responses: 'llm',
      embeddings: 'embedding',
      embedding: 'embedding',
      invoke_agent: 'agent',
      create_agent: 'agent',
      plan: 'agent',
      invoke_workflow: 'chain',
      execute_event_loop_cycle: 'chain',
      experiment: 'chain',
      // OpenLLMetry, Copilot and Gemini CLI.
      execute_task: 'chain',
      vector_db_retrieve: 'retriever',
      vectordb: 'retriever',
      execute_hook: 'span',
      llm_call: 'llm',
      tool_call: 'tool',
      execute_tool: 'tool',
      retrieval: 'retriever',
      rerank: 'reranker',
      search_memory: 'memory',
      create_memory: 'memory',
      update_memory: 'memory',
      upsert_memory: 'memory',
      delete_memory: 'memory',
      create_memory_store: 'memory',
      update_memory_store: 'memory',
      delete_memory_store: 'memory',
      run_guardrail: 'guardrail',
      apply_guardrail: 'guardrail',
      evaluate: 'evaluator',
    }),
    oneOf('mcp.method.name', { 'tools/call': 'tool' }),
  ),
  impliedKind: either(
    whenAny('tool', 'gen_ai.tool.name', 'gen_ai.tool.call.id'),
    whenAny('llm', 'gen_ai.request.model', 'gen_ai.response.model', 'gen_ai.input.messages', 'gen_ai.prompt'),
  ),

  status: oneOf('gen_ai.tool.status', { error: 'error' }),

  facts: {
    provider: converted(
      text('gen_ai.provider.name', 'gen_ai.system', 'gen_ai.model.provider'),
      canonicalProvider,
    ),
    operation: either(text('gen_ai.operation.name'), text('mcp.method.name')),
    requestModel: converted(text('gen_ai.request.model'), knownModel),
    responseModel: converted(text('gen_ai.response.model'), knownModel),
    responseId: text('gen_ai.response.id'),
    finishReasons: either(texts('gen_ai.response.finish_reasons'), messageFinishReason, choiceFinishReasons),
    // In seconds. The second and third are names of metrics that some clients also set on spans.
    ttftMs: seconds(
      'gen_ai.response.time_to_first_chunk',
      'gen_ai.client.operation.time_to_first_chunk',
      'gen_ai.client.inference.time_to_first_chunk',
    ),
    serviceTier: text(
      'openai.response.service_tier',
      'gen_ai.openai.response.service_tier',
      'gen_ai.response.service_tier',
      'openai.request.service_tier',
      'gen_ai.openai.request.service_tier',
      'gen_ai.request.service_tier',
    ),
    // OpenAI's ids of responses name one answer, not a conversation.
    sessionId: converted(text('gen_ai.conversation.id'), (id) => (id.startsWith('resp_') ? undefined : id)),
    toolName: text('gen_ai.tool.name'),
    agentName: text('gen_ai.agent.name'),
    workflowName: text('gen_ai.workflow.name'),
    promptName: text('gen_ai.prompt.name'),
    promptVersion: text('gen_ai.prompt.version'),
    documentCount: either(
      converted(documents('gen_ai.retrieval.documents'), (found) => found.length),
      count('gen_ai.memory.record.count'),
    ),
  },

  usage: {
    cachedTokens,
    tokens: {
      inputTokens: count(
        'gen_ai.usage.input_tokens',
        'gen_ai.usage.prompt_tokens',
        'gen_ai.aggregated_usage.input_tokens',
      ),
      outputTokens: count(
        'gen_ai.usage.output_tokens',
        'gen_ai.usage.completion_tokens',
        'gen_ai.aggregated_usage.output_tokens',
      ),
      cacheReadTokens: count(
        'gen_ai.usage.cache_read.input_tokens',
        'gen_ai.usage.cache_read_input_tokens',
        'gen_ai.usage.details.cache_read_tokens',
        'gen_ai.usage.details.cache_read_input_tokens',
        'gen_ai.usage.cached_input_tokens',
        'gen_ai.usage.prompt_tokens_details.cached_tokens',
        'gen_ai.usage.cached_tokens',
      ),
      cacheWriteTokens: count(
        'gen_ai.usage.cache_write.input_tokens',
        'gen_ai.usage.cache_creation.input_tokens',
        'gen_ai.usage.cache_creation_input_tokens',
        'gen_ai.usage.details.cache_write_tokens',
        'gen_ai.usage.details.cache_creation_input_tokens',
        'gen_ai.usage.cache_write_input_tokens',
        'gen_ai.usage.cache_write_tokens',
        'gen_ai.usage.prompt_tokens_details.cache_creation_tokens',
      ),
      reasoningTokens: count(
        'gen_ai.usage.reasoning.output_tokens',
        'gen_ai.usage.reasoning_tokens',
        'gen_ai.usage.details.reasoning_tokens',
        'gen_ai.usage.completion_tokens_details.reasoning_tokens',
      ),
      audioInputTokens: count('gen_ai.usage.audio.input_tokens', 'gen_ai.usage.audio_input_tokens'),
      audioOutputTokens: count(
        'gen_ai.usage.audio.output_tokens',
        'gen_ai.usage.audio_output_tokens',
        'gen_ai.usage.completion_tokens_details.audio_tokens',
      ),
    },
    totalTokens: count('gen_ai.usage.total_tokens'),
    details: {
      text_input: count('gen_ai.usage.text.input_tokens'),
      text_output: count('gen_ai.usage.text.output_tokens'),
      image_input: count('gen_ai.usage.image.input_tokens'),
      image_output: count('gen_ai.usage.image.output_tokens'),
      video_input: count('gen_ai.usage.video.input_tokens'),
      video_output: count('gen_ai.usage.video.output_tokens'),
      cache_text_read: count('gen_ai.usage.text.cache_read.input_tokens'),
      cache_image_read: count('gen_ai.usage.image.cache_read.input_tokens'),
      cache_audio_read: count('gen_ai.usage.audio.cache_read.input_tokens'),
    },
  },
  cost: reportedCost('gen_ai.usage.cost', 'gen_ai.usage.total_cost', 'operation.cost'),

  content: {
    input: either(
      typedText('gen_ai.tool.call.arguments'),
      typedText('gen_ai.retrieval.query.text'),
      typedText('gen_ai.memory.query.text'),
    ),
    output: either(typedText('gen_ai.tool.call.result'), typedText('gen_ai.memory.records')),
    systemInstructions,
    inputMessages: either(
      messages('gen_ai.input.messages', 'user'),
      inputEvents,
      requestBody('gen_ai.prompt'),
      messages('gen_ai.prompt', 'user'),
      requestBody('gen_ai.prompt_json'),
    ),
    outputMessages: either(
      messages('gen_ai.output.messages', 'assistant'),
      outputEvents,
      responseBody('gen_ai.completion'),
      messages('gen_ai.completion', 'assistant'),
      responseBody('gen_ai.completion_json'),
    ),
    toolDefinitions,
    parameters,
    toolName: text('gen_ai.tool.name'),
    toolCallId: text('gen_ai.tool.call.id'),
    toolDescription: text('gen_ai.tool.description'),
    toolType: text('gen_ai.tool.type'),
    toolArguments: either(json('gen_ai.tool.call.arguments'), toolEvent('gen_ai.tool.message', 'content')),
    toolResult: either(json('gen_ai.tool.call.result'), toolEvent(CHOICE_EVENT, 'message')),
    embedding,
    query: text('gen_ai.retrieval.query.text', 'gen_ai.memory.query.text'),
    topK: either(count('gen_ai.retrieval.top_k'), retrievalTopK),
    documents: either(documents('gen_ai.retrieval.documents'), documents('gen_ai.memory.records')),
    promptName: text('gen_ai.prompt.name'),
    promptVersion: text('gen_ai.prompt.version'),
    promptVariables,
  },

  inputText: {
    keys: [
      'gen_ai.input.messages',
      'gen_ai.system_instructions',
      'gen_ai.prompt',
      'gen_ai.prompt_json',
      'gen_ai.tool.call.arguments',
      'gen_ai.retrieval.query.text',
      'gen_ai.memory.query.text',
    ],
    prefixes: ['gen_ai.prompt.variable.'],
  },
  outputText: {
    keys: [
      'gen_ai.output.messages',
      'gen_ai.completion',
      'gen_ai.completion_json',
      'gen_ai.tool.call.result',
      'gen_ai.retrieval.documents',
      'gen_ai.memory.records',
    ],
  },
};

/** Some frameworks write this name if an agent has no model of its own. */
function knownModel(name: string): string | undefined {
  return name === 'unknown' ? undefined : name;
}

/** Instrumentations of Bedrock that pass on its counts, which exclude cached tokens. */
const EXCLUSIVE_SCOPES = new Set([
  'opentelemetry.instrumentation.bedrock',
  '@traceloop/instrumentation-bedrock',
]);

function cachedTokens({ scope }: RawSpan): CachedTokens {
  return EXCLUSIVE_SCOPES.has(scope.name) ? 'outside' : 'inside';
}

/** Whole bodies of requests and responses, which LangSmith and gateways write. */
function requestBody(key: string): Read<readonly Message[]> {
  return converted(text(key), (body) =>
    OBJECT.test(body) ? messagesFromText(body, messagesFromRequest) : undefined,
  );
}

function responseBody(key: string): Read<readonly Message[]> {
  return converted(text(key), (body) =>
    OBJECT.test(body) ? messagesFromText(body, messagesFromResponse) : undefined,
  );
}

const OBJECT = /^\s*\{/;

function seconds(...keys: string[]): Read<number> {
  return converted(number(...keys), (value) => (value < 0 ? undefined : value * 1000));
}

function reportedCost(...keys: string[]): Read<ReportedCost> {
  return converted(number(...keys), (usd) => ({ usd }));
}

/** Until 1.41, the sampling parameter `top_k` was also used for the number of documents. */
function retrievalTopK(span: RawSpan): number | undefined {
  return span.attributes.get('gen_ai.operation.name') === 'retrieval' ? REQUEST_TOP_K(span) : undefined;
}

const REQUEST_TOP_K = count('gen_ai.request.top_k');

/** Reads the finish reason at the end of the JSON text, where instrumentations write it, without parsing the messages. */
function messageFinishReason({ attributes }: RawSpan): readonly string[] | undefined {
  const messages = attributes.get('gen_ai.output.messages');
  const last = Array.isArray(messages) ? messages.at(-1) : undefined;
  const reason =
    typeof messages === 'string'
      ? /"finish_reason":\s?"([\w-]+)"\s?\}\s?\]$/.exec(messages.slice(-120))?.[1]
      : last instanceof Map && last.get('finish_reason');
  return typeof reason === 'string' && reason !== '' ? [reason] : undefined;
}

/** Until 1.36, every choice was an event. */
function choiceFinishReasons(span: RawSpan): readonly string[] | undefined {
  const reasons = span.events
    .filter(({ name }) => name === CHOICE_EVENT)
    .map(({ attributes }) => attributes.get('finish_reason'))
    .filter((reason) => typeof reason === 'string');
  return reasons.length === 0 ? undefined : reasons;
}
