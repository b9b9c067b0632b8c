/**
 * Many applications with OpenTelemetry's own exporters, in a separate process:
 *
 *     node otel-senders.ts '{"transport":"http","url":"http://127.0.0.1:4318","project":"shop","senders":20,…}'
 *
 * Each has a backlog of ended spans, so that it always has a batch in progress. On `stop` it creates no more spans, sends
 * the rest, reports the result of every span, and ends.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { credentials, Metadata } from '@grpc/grpc-js';
import { ROOT_CONTEXT } from '@opentelemetry/api';
import { OTLPTraceExporter as GrpcExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { OTLPTraceExporter as HttpExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider, type SpanExporter } from '@opentelemetry/sdk-trace-node';

export interface SenderOptions {
  readonly transport: 'http' | 'grpc';
  readonly url: string;
  readonly project: string;
  readonly senders: number;
  /** Spans per request. OpenTelemetry's default is 512. */
  readonly batchSpans: number;
  readonly textLength: number;
}

export interface SenderReport {
  readonly produced: number;
  /** Number of spans in successful exports. */
  readonly exported: number;
  /** Number of spans in failed exports, which the SDK drops. */
  readonly dropped: number;
  readonly failures: Readonly<Record<string, number>>;
  /** Durations of exports in milliseconds, including retries, ascending. */
  readonly exportMs: readonly number[];
}

class Sender {
  readonly report = {
    produced: 0,
    exported: 0,
    dropped: 0,
    failures: {} as Record<string, number>,
    exportMs: [] as number[],
  };
  readonly #provider: NodeTracerProvider;
  readonly #options: SenderOptions;

  constructor(options: SenderOptions) {
    this.#options = options;
    const processor = new BatchSpanProcessor(this.#counted(exporterOf(options)), {
      maxExportBatchSize: options.batchSpans,
      // The queue is large enough that the client itself drops nothing.
      maxQueueSize: 1_000_000,
      scheduledDelayMillis: 100,
    });
    this.#provider = new NodeTracerProvider({ spanProcessors: [processor] });
  }

  get pending(): number {
    return this.report.produced - this.report.exported - this.report.dropped;
  }

  produce(spans: number): void {
    const { project, textLength } = this.#options;
    const tracer = this.#provider.getTracer('senders');
    const text = 'What does it cost to send it back? '
      .repeat(Math.ceil(textLength / 35))
      .slice(0, textLength);
    for (let index = 0; index < spans; index++) {
      const span = tracer.startSpan(`${project} ${this.report.produced}`, {}, ROOT_CONTEXT);
      span.setAttributes({
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 100,
        'input.value': `${this.report.produced} ${text}`,
      });
      span.end();
      this.report.produced++;
    }
  }

  async close(): Promise<void> {
    while (this.pending > 0) await delay(50);
    await this.#provider.shutdown();
  }

  #counted(exporter: SpanExporter): SpanExporter {
    const { report } = this;
    return {
      export: (spans, done) => {
        const began = performance.now();
        exporter.export(spans, (result) => {
          report.exportMs.push(performance.now() - began);
          if (result.code === 0) report.exported += spans.length;
          else {
            report.dropped += spans.length;
            const why = String(result.error?.message ?? result.error);
            report.failures[why] = (report.failures[why] ?? 0) + 1;
          }
          done(result);
        });
      },
      shutdown: () => exporter.shutdown(),
      ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
    };
  }
}

/** Set up as documented, with the default of every option. */
function exporterOf({ transport, url, project }: SenderOptions): SpanExporter {
  if (transport === 'http')
    return new HttpExporter({ url: `${url}/v1/traces`, headers: { 'x-throughline-project': project } });
  const metadata = new Metadata();
  metadata.set('x-throughline-project', project);
  return new GrpcExporter({ url, credentials: credentials.createInsecure(), metadata });
}

async function main(options: SenderOptions): Promise<void> {
  let isStopped = false;
  process.once('message', () => {
    isStopped = true;
  });
  const senders = Array.from({ length: options.senders }, () => new Sender(options));
  while (!isStopped) {
    for (const sender of senders)
      if (sender.pending < 3 * options.batchSpans) sender.produce(options.batchSpans);
    await delay(20);
  }
  await Promise.all(senders.map((sender) => sender.close()));
  const total: SenderReport = senders.reduce<SenderReport>(
    (sum, { report }) => ({
      produced: sum.produced + report.produced,
      exported: sum.exported + report.exported,
      dropped: sum.dropped + report.dropped,
      failures: merged(sum.failures, report.failures),
      exportMs: [...sum.exportMs, ...report.exportMs].sort((a, b) => a - b),
    }),
    { produced: 0, exported: 0, dropped: 0, failures: {}, exportMs: [] },
  );
  process.send?.(total, () => process.exit(0));
}

function merged(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) {
  const sum: Record<string, number> = { ...a };
  for (const [key, count] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

const [, program = '', given] = process.argv;
if (program.endsWith('otel-senders.ts') && given) await main(JSON.parse(given) as SenderOptions);
