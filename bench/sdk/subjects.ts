import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from '@opentelemetry/sdk-trace-base';

export type Answer = (question: string) => Promise<string>;

/** A library to measure. */
export interface Subject {
  /** The function, wrapped by the library. */
  readonly wrapped: Answer;
  /** Sends all queued spans. */
  readonly flush: () => Promise<unknown>;
}

/** Queues are large enough for a whole round, so that nothing is sent during the measurement. */
const QUEUE = { maxQueueSize: 100_000, maxExportBatchSize: 5_000, scheduledDelayMillis: 3_600_000 };

function provider(processor: SpanProcessor): void {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
}

function batchTo(url: string): BatchSpanProcessor {
  const exporter = new OTLPTraceExporter({
    url: `${url}/v1/traces`,
    compression: CompressionAlgorithm.GZIP,
  });
  return new BatchSpanProcessor(exporter, QUEUE);
}

/** The libraries. Each records the argument and the result of an asynchronous function as text. */
export const SUBJECTS: Readonly<Record<string, (answer: Answer, url: string) => Promise<Subject>>> = {
  'no tracing': async (answer) => ({ wrapped: answer, flush: async () => {} }),

  'OpenTelemetry by hand': async (answer, url) => {
    const processor = batchTo(url);
    provider(processor);
    const tracer = trace.getTracer('bench');
    const wrapped: Answer = (question) =>
      tracer.startActiveSpan('answer', async (span) => {
        try {
          span.setAttribute('input.value', question);
          const result = await answer(question);
          span.setAttribute('output.value', result);
          return result;
        } catch (error) {
          span.recordException(error as Error);
          span.setStatus({ code: SpanStatusCode.ERROR });
          throw error;
        } finally {
          span.end();
        }
      });
    return { wrapped, flush: () => processor.forceFlush() };
  },

  '@throughline/sdk': async (answer, url) => {
    const { flush, init, observe } = await import('@throughline/sdk');
    const delivery = { delayMs: 3_600_000, maxBatchSpans: 5_000 };
    init({ endpoint: url, delivery });
    return { wrapped: observe(answer, { name: 'answer', kind: 'chain' }), flush: () => flush() };
  },

  'OpenInference core': async (answer, url) => {
    const { traceChain } = await import('@arizeai/openinference-core');
    const processor = batchTo(url);
    provider(processor);
    return { wrapped: traceChain(answer, { name: 'answer' }), flush: () => processor.forceFlush() };
  },

  'Langfuse tracing': async (answer, url) => {
    const { LangfuseSpanProcessor } = await import('@langfuse/otel');
    const { observe } = await import('@langfuse/tracing');
    const keys = { publicKey: 'pk', secretKey: 'sk', baseUrl: url };
    const processor = new LangfuseSpanProcessor({ ...keys, flushAt: 5_000, flushInterval: 3_600 });
    provider(processor);
    return { wrapped: observe(answer, { name: 'answer' }), flush: () => processor.forceFlush() };
  },

  'Traceloop SDK': async (answer, url) => {
    const traceloop = await import('@traceloop/node-server-sdk');
    traceloop.initialize({
      baseUrl: url,
      apiKey: 'key',
      silenceInitializationMessage: true,
      traceloopSyncEnabled: false,
    });
    const wrapped: Answer = (question) => traceloop.withTask({ name: 'answer' }, answer, question);
    return { wrapped, flush: () => traceloop.forceFlush() };
  },

  LangSmith: async (answer, url) => {
    const { Client } = await import('langsmith');
    const { traceable } = await import('langsmith/traceable');
    const client = new Client({ apiUrl: url, apiKey: 'key' });
    const wrapped = traceable(answer, { name: 'answer', client, tracingEnabled: true });
    return { wrapped, flush: () => client.awaitPendingTraceBatches() };
  },
};
