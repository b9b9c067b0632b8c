import type { SpanKind } from '@throughline/spans';

/*
 * The attribute keys that the SDK writes. It uses OpenTelemetry's GenAI conventions if they define a key, with messages
 * as ONE JSON attribute per field. Plain input and output, and kinds that those conventions lack, use OpenInference keys,
 * so that other backends understand them too. Only what neither defines uses `throughline.*`.
 * Sources: open-telemetry/semantic-conventions-genai (model/gen-ai), openinference (spec/semantic_conventions.md).
 */
export const KEYS = {
  operation: 'gen_ai.operation.name',
  kind: 'openinference.span.kind',

  input: 'input.value',
  inputMimeType: 'input.mime_type',
  output: 'output.value',
  outputMimeType: 'output.mime_type',
  inputMessages: 'gen_ai.input.messages',
  outputMessages: 'gen_ai.output.messages',
  systemInstructions: 'gen_ai.system_instructions',
  toolDefinitions: 'gen_ai.tool.definitions',

  provider: 'gen_ai.provider.name',
  requestModel: 'gen_ai.request.model',
  responseModel: 'gen_ai.response.model',
  responseId: 'gen_ai.response.id',
  finishReasons: 'gen_ai.response.finish_reasons',
  /** Time to first token, in seconds. */
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',

  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_write.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  audioInputTokens: 'gen_ai.usage.audio.input_tokens',
  audioOutputTokens: 'gen_ai.usage.audio.output_tokens',
  /** Cost in US dollars, as reported by the provider or the application. */
  costUsd: 'llm.cost.total',

  toolName: 'gen_ai.tool.name',
  toolDescription: 'gen_ai.tool.description',
  toolCallId: 'gen_ai.tool.call.id',
  toolArguments: 'gen_ai.tool.call.arguments',
  toolResult: 'gen_ai.tool.call.result',
  agentName: 'gen_ai.agent.name',

  query: 'gen_ai.retrieval.query.text',
  topK: 'gen_ai.retrieval.top_k',
  documents: 'gen_ai.retrieval.documents',
  /** Documents passed to a reranker, as JSON in the format of `documents`. */
  inputDocuments: 'throughline.reranker.input_documents',
  /** Retrieved documents that the answer uses, as a JSON array of `{spanId?, index?, id?}`. */
  usedDocuments: 'throughline.documents.used',
  dimensions: 'gen_ai.embeddings.dimension.count',

  promptName: 'gen_ai.prompt.name',
  promptVersion: 'gen_ai.prompt.version',
  promptTemplate: 'llm.prompt_template.template',
  /** Values of the placeholders, as a JSON object. */
  promptVariables: 'llm.prompt_template.variables',

  userId: 'user.id',
  sessionId: 'session.id',
  feature: 'throughline.feature',
  tags: 'tag.tags',
  /** Metadata of the application, as a JSON object. */
  metadata: 'metadata',
  environment: 'deployment.environment.name',

  errorType: 'error.type',
  /** `true` if the caller aborted the call or stopped reading its stream. */
  cancelled: 'throughline.cancelled',
  /** Share of traces kept, from 0 to 1. Set on the first span of a process in a sampled trace, unless the share is 1. */
  sampleRate: 'throughline.sample_rate',
} as const;

/** The attributes that mark a span's kind. They are set when the span starts. */
export const KIND_ATTRIBUTES: Readonly<Record<SpanKind, Readonly<Record<string, string>>>> = {
  llm: { [KEYS.operation]: 'chat' },
  embedding: { [KEYS.operation]: 'embeddings' },
  retriever: { [KEYS.operation]: 'retrieval' },
  reranker: { [KEYS.kind]: 'RERANKER' },
  tool: { [KEYS.operation]: 'execute_tool' },
  agent: { [KEYS.operation]: 'invoke_agent' },
  chain: { [KEYS.operation]: 'invoke_workflow' },
  guardrail: { [KEYS.kind]: 'GUARDRAIL' },
  evaluator: { [KEYS.kind]: 'EVALUATOR' },
  prompt: { [KEYS.kind]: 'PROMPT' },
  memory: { [KEYS.operation]: 'update_memory' },
  span: {},
};
