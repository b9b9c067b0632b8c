import type { IngestTask } from '../ingest/pool/messages.ts';
import type { RejectedField } from '../otlp/export-response.ts';
import { projectOfExporter, projectOfLangfuse } from '../project/project-of-client.ts';
import { projectOfHeaders, type RequestHeaders } from '../project/project-of-request.ts';

/** The addresses of a signal, and the name of the field that counts its rejected records. */
export interface Signal {
  readonly kind: IngestTask['kind'];
  readonly httpPath: string;
  readonly grpcService: string;
  readonly rejectedField: RejectedField;
}

export const SIGNALS: readonly Signal[] = [
  {
    kind: 'otlp-traces',
    httpPath: '/v1/traces',
    grpcService: 'opentelemetry.proto.collector.trace.v1.TraceService',
    rejectedField: 'rejectedSpans',
  },
  {
    kind: 'otlp-logs',
    httpPath: '/v1/logs',
    grpcService: 'opentelemetry.proto.collector.logs.v1.LogsService',
    rejectedField: 'rejectedLogRecords',
  },
  {
    kind: 'otlp-metrics',
    httpPath: '/v1/metrics',
    grpcService: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
    rejectedField: 'rejectedDataPoints',
  },
];

/** Another address of every signal, where an SDK sends OTLP. */
export interface OtlpAlias {
  /** Text before the path of the signal: `/api/public/otel` for `/api/public/otel/v1/traces`. */
  readonly prefix: string;
  /** The project in the headers of that SDK. @throws ThroughlineError invalid-project */
  readonly projectOf: (headers: RequestHeaders) => string | undefined;
}

export const OTLP_ALIASES: readonly OtlpAlias[] = [
  { prefix: '', projectOf: projectOfHeaders },
  { prefix: '/api/public/otel', projectOf: projectOfLangfuse },
  { prefix: '/langsmith/otel', projectOf: projectOfExporter },
  { prefix: '/otel', projectOf: projectOfExporter },
];
