import { context, type Span, trace } from '@opentelemetry/api';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { TestServer } from './start-server.ts';

export interface Telemetry {
  readonly provider: NodeTracerProvider;
  /** Runs `run` below a span with this name, sends everything, and returns the trace id. Errors are returned, not thrown. */
  record<Result>(name: string, run: () => Promise<Result>): Promise<Recorded<Result>>;
  stop(): Promise<void>;
}

export interface Recorded<Result> {
  readonly traceId: string;
  readonly result: Result | undefined;
  readonly error: unknown;
}

const EXPORTERS = { protobuf: ProtobufExporter, json: JsonExporter };

/** OpenTelemetry's SDK, set up as documented, which sends to `server`. */
export function startTelemetry(server: TestServer, encoding: keyof typeof EXPORTERS = 'protobuf'): Telemetry {
  const exporter = new EXPORTERS[encoding]({
    url: `${server.url}/v1/traces`,
    headers: { 'x-throughline-project': server.project },
  });
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  provider.register();
  const tracer = provider.getTracer('tests');
  return {
    provider,
    record: async (name, run) => {
      const { traceId, outcome } = await tracer.startActiveSpan(name, async (span: Span) => {
        const settled = await run().then(
          (result) => ({ result, error: undefined }),
          (error: unknown) => ({ result: undefined, error }),
        );
        span.end();
        return { traceId: span.spanContext().traceId, outcome: settled };
      });
      await provider.forceFlush();
      return { traceId, ...outcome };
    },
    stop: async () => {
      await provider.shutdown();
      trace.disable();
      context.disable();
    },
  };
}
