import {
  context,
  type Span as OtelSpan,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { flush, init, observe, shutdown, startSpan } from '@throughline/sdk';
import { startSink } from './sink-server.ts';

/*
 * Measures the processor time of the application's thread between the start and the end of one span, compared with
 * OpenTelemetry's own API and batch processor for the same attributes. It excludes sending: the queues are emptied between
 * rounds.
 *
 *     node --conditions=throughline-source bench/sdk/hot-path.ts
 */

const ROUNDS = 61;
const WARM_UP = 10;
const SPANS = 1_500;

const messages = [
  { role: 'system', parts: [{ type: 'text', content: 'You answer from the handbook. '.repeat(20) }] },
  {
    role: 'user',
    parts: [{ type: 'text', content: 'What is the refund policy for orders abroad? '.repeat(8) }],
  },
];
const answer = [
  {
    role: 'assistant',
    parts: [{ type: 'text', content: 'Within thirty days. '.repeat(30) }],
    finish_reason: 'stop',
  },
];

interface Workload {
  readonly name: string;
  readonly bare: (tracer: Tracer) => unknown;
  readonly ours: () => unknown;
}

const add = (a: number, b: number) => a + b;
const observedAdd = observe(add, { kind: 'tool', name: 'add' });
const addAsync = async (a: number, b: number) => a + b;
const observedAsync = observe(addAsync, { kind: 'tool', name: 'add' });

const workloads: Workload[] = [
  {
    name: 'model call, 12 attributes, 2 kB of messages',
    bare: (tracer) => {
      const span = tracer.startSpan('chat gpt-4o', {
        kind: SpanKind.CLIENT,
        attributes: { 'gen_ai.operation.name': 'chat' },
      });
      span.setAttributes({
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.request.temperature': 0.2,
        'gen_ai.input.messages': JSON.stringify(messages),
      });
      span.setAttributes({
        'gen_ai.response.time_to_first_chunk': 0.4,
        'gen_ai.response.model': 'gpt-4o-2024-08-06',
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.usage.input_tokens': 812,
        'gen_ai.usage.output_tokens': 96,
        'gen_ai.usage.cache_read.input_tokens': 512,
        'gen_ai.output.messages': JSON.stringify(answer),
      });
      span.end();
    },
    ours: () => {
      const span = startSpan('chat gpt-4o', {
        kind: 'llm',
        provider: 'openai',
        model: 'gpt-4o',
        parameters: { temperature: 0.2 },
        inputMessages: messages as never,
      });
      span.markFirstToken();
      span.update({
        responseModel: 'gpt-4o-2024-08-06',
        responseId: 'chatcmpl-1',
        usage: { inputTokens: 812, outputTokens: 96, cacheReadTokens: 512 },
        outputMessages: answer as never,
      });
      span.end();
    },
  },
  {
    name: 'the same without its messages',
    bare: (tracer) => {
      const span = tracer.startSpan('chat gpt-4o', {
        kind: SpanKind.CLIENT,
        attributes: { 'gen_ai.operation.name': 'chat' },
      });
      span.setAttributes({
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.request.temperature': 0.2,
      });
      span.setAttributes({
        'gen_ai.response.time_to_first_chunk': 0.4,
        'gen_ai.response.model': 'gpt-4o-2024-08-06',
        'gen_ai.response.id': 'chatcmpl-1',
        'gen_ai.usage.input_tokens': 812,
        'gen_ai.usage.output_tokens': 96,
        'gen_ai.usage.cache_read.input_tokens': 512,
      });
      span.end();
    },
    ours: () => {
      const span = startSpan('chat gpt-4o', {
        kind: 'llm',
        provider: 'openai',
        model: 'gpt-4o',
        parameters: { temperature: 0.2 },
      });
      span.markFirstToken();
      span.update({
        responseModel: 'gpt-4o-2024-08-06',
        responseId: 'chatcmpl-1',
        usage: { inputTokens: 812, outputTokens: 96, cacheReadTokens: 512 },
      });
      span.end();
    },
  },
  {
    name: 'observed function, arguments and result',
    bare: (tracer) =>
      active(tracer, 'add', { 'gen_ai.operation.name': 'execute_tool' }, (span) => {
        span.setAttribute('gen_ai.tool.name', 'add');
        span.setAttribute('gen_ai.tool.call.arguments', JSON.stringify([1, 2]));
        const result = add(1, 2);
        span.setAttribute('gen_ai.tool.call.result', JSON.stringify(result));
        return result;
      }),
    ours: () => observedAdd(1, 2),
  },
  {
    name: 'observed async function',
    bare: (tracer) =>
      tracer.startActiveSpan(
        'add',
        { attributes: { 'gen_ai.operation.name': 'execute_tool' } },
        async (span) => {
          try {
            span.setAttribute('gen_ai.tool.name', 'add');
            span.setAttribute('gen_ai.tool.call.arguments', JSON.stringify([1, 2]));
            const result = await addAsync(1, 2);
            span.setAttribute('gen_ai.tool.call.result', JSON.stringify(result));
            return result;
          } catch (error) {
            span.recordException(error as Error);
            span.setStatus({ code: SpanStatusCode.ERROR });
            throw error;
          } finally {
            span.end();
          }
        },
      ),
    ours: () => observedAsync(1, 2),
  },
];

function active<T>(
  tracer: Tracer,
  name: string,
  attributes: Record<string, string>,
  fn: (span: OtelSpan) => T,
): T {
  return tracer.startActiveSpan(name, { attributes }, (span) => {
    try {
      return fn(span);
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

const sink = await startSink();
const manager = new AsyncLocalStorageContextManager();
context.setGlobalContextManager(manager.enable());
const batch = new BatchSpanProcessor(
  new OTLPTraceExporter({ url: `${sink.url}/v1/traces`, compression: CompressionAlgorithm.GZIP }),
  { maxQueueSize: 1_000_000, maxExportBatchSize: 1_000_000, scheduledDelayMillis: 100_000 },
);
const tracer = new BasicTracerProvider({
  spanLimits: { attributeCountLimit: 1024 },
  spanProcessors: [batch],
}).getTracer('bench');
init({
  endpoint: sink.url,
  delivery: { delayMs: 100_000, maxBatchSpans: 1_000_000, maxQueueSpans: 1_000_000 },
});

for (const { name, bare, ours } of workloads) {
  const times = { bare: [] as number[], ours: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    times.bare.push(await measure(() => bare(tracer)));
    await batch.forceFlush();
    times.ours.push(await measure(ours));
    await flush();
  }
  const [b, o] = [mean(times.bare.slice(WARM_UP)), mean(times.ours.slice(WARM_UP))];
  console.log(
    `${name.padEnd(46)} bare ${b.toFixed(2)} µs   sdk ${o.toFixed(2)} µs   ratio ${(o / b).toFixed(2)}`,
  );
}
const kept: string[] = [];
const serialising: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  serialising.push(await measure(() => kept.push(JSON.stringify(messages), JSON.stringify(answer))));
  kept.length = 0;
}
console.log(`JSON.stringify of the messages, kept for the round   ${mean(serialising).toFixed(2)} µs`);
await shutdown();
trace.disable();
const inert: number[] = [];
for (let round = 0; round < ROUNDS; round++) inert.push(await measure(() => observedAdd(1, 2)));
console.log(`observed function after shutdown   ${mean(inert).toFixed(3)} µs`);
await sink.stop();

/**
 * Returns microseconds of this thread's processor time per span, which other programs do not affect. Asynchronous work is
 * awaited together, because the measure is its cost, not the duration of one call.
 */
async function measure(work: () => unknown): Promise<number> {
  const start = process.threadCpuUsage();
  let last: unknown;
  for (let i = 0; i < SPANS; i++) last = work();
  await last;
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / SPANS;
}

/** The mean, not the median, because the clock for a thread's processor time has a resolution of about one round. */
function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
