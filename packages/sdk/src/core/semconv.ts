import type { SpanKind } from '@throughline/spans';

/*
 * The attribute keys that the SDK writes. OpenTelemetry's GenAI conventions where they have a word, with messages as
 * ONE JSON attribute per field; OpenInference's for plain input and output and for kinds that the conventions
 * lack, so that other backends understand them too; `throughline.*` for the little that nobody names.
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
  /** Seconds. */
  timeToFirstChunk: 'gen_ai.response.time_to_first_chunk',

  inputTokens: 'gen_ai.usage.input_tokens',
  outputTokens: 'gen_ai.usage.output_tokens',
  cacheReadTokens: 'gen_ai.usage.cache_read.input_tokens',
  cacheWriteTokens: 'gen_ai.usage.cache_write.input_tokens',
  reasoningTokens: 'gen_ai.usage.reasoning.output_tokens',
  audioInputTokens: 'gen_ai.usage.audio.input_tokens',
  audioOutputTokens: 'gen_ai.usage.audio.output_tokens',
  /** US dollars, as the provider or the application reports them. */
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
  /** What went into a reranker, JSON like `documents`. */
  inputDocuments: 'throughline.reranker.input_documents',
  /** JSON array of `{spanId?, index?, id?}`: documents found earlier that the answer was made from. */
  usedDocuments: 'throughline.documents.used',
  dimensions: 'gen_ai.embeddings.dimension.count',

  promptName: 'gen_ai.prompt.name',
  promptVersion: 'gen_ai.prompt.version',
  promptTemplate: 'llm.prompt_template.template',
  /** JSON object. */
  promptVariables: 'llm.prompt_template.variables',

  userId: 'user.id',
  sessionId: 'session.id',
  feature: 'throughline.feature',
  tags: 'tag.tags',
  /** JSON object. */
  metadata: 'metadata',
  environment: 'deployment.environment.name',

  errorType: 'error.type',
  /** `true` where the caller stopped reading a stream or aborted. */
  cancelled: 'throughline.cancelled',
  /** On the first span of a process in a sampled trace: the share of traces kept, 0 to 1, where it is not 1. */
  sampleRate: 'throughline.sample_rate',
} as const;

/** What a span of a kind says that it is, from its first moment. */
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
