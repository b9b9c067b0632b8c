export type { Lazy, LazyAttributes } from './content/capture.ts';
export { type Carrier, extract, inject } from './context/propagation.ts';
export { activeContext, withContext } from './context/with-context.ts';
export type {
  CaptureOptions,
  DeliveryOptions,
  FinishedSpanSink,
  InitOptions,
  LimitOptions,
  Mask,
  Redact,
  RunningOptions,
  SamplingOptions,
  SpanInfo,
} from './core/options.ts';
export type { TraceContext } from './core/scope.ts';
export { aiSdkTelemetry } from './frameworks/ai-sdk.ts';
export { tracedClaudeQuery } from './frameworks/claude-agent/claude-agent.ts';
export { contentTracer } from './frameworks/content-tracer.ts';
export { type LangchainHandler, langchainHandler } from './frameworks/langchain/handler.ts';
export { type OpenaiAgentsProcessor, openaiAgentsProcessor } from './frameworks/openai-agents/processor.ts';
export { instrument } from './register/instrument.ts';
export { InMemoryExporter } from './setup/in-memory-exporter.ts';
export {
  createSampler,
  createSpanProcessor,
  flush,
  init,
  type Stats,
  shutdown,
  stats,
} from './setup/init.ts';
export {
  agent,
  chain,
  embedding,
  guardrail,
  type ObserveOptions,
  observe,
  reranker,
  retriever,
  tool,
} from './span/observe.ts';
export { type ScoreOptions, type ScoreTarget, score } from './span/score.ts';
export type { Span, SpanOptions } from './span/span.ts';
export type { OrThunk, SpanUpdate } from './span/span-update.ts';
export { activeSpan, startSpan, startTrace, type TraceOptions, updateSpan } from './span/start-span.ts';
export { markUsed } from './span/used-documents.ts';
