export type { Lazy, LazyAttributes } from './capture.ts';
export { aiSdkTelemetry } from './frameworks/ai-sdk.ts';
export { tracedClaudeQuery } from './frameworks/claude-agent/claude-agent.ts';
export { contentTracer } from './frameworks/content-tracer.ts';
export { type LangchainHandler, langchainHandler } from './frameworks/langchain/handler.ts';
export { type OpenaiAgentsProcessor, openaiAgentsProcessor } from './frameworks/openai-agents/processor.ts';
export { InMemoryExporter } from './in-memory-exporter.ts';
export { createSampler, createSpanProcessor, flush, init, type Stats, shutdown, stats } from './init.ts';
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
} from './observe.ts';
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
} from './options.ts';
export { type Carrier, extract, inject } from './propagation.ts';
export { instrument } from './register/instrument.ts';
export { activeContext, type TraceContext, withContext } from './scope.ts';
export { type ScoreOptions, type ScoreTarget, score } from './score.ts';
export {
  activeSpan,
  type Span,
  type SpanOptions,
  startSpan,
  startTrace,
  type TraceOptions,
  updateSpan,
} from './span.ts';
export type { OrThunk, SpanUpdate } from './span-update.ts';
export { markUsed } from './used-documents.ts';
