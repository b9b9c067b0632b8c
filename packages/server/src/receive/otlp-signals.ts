import type { IngestTask } from '../ingest/pool/messages.ts';
import type { RejectedField } from '../otlp/export-response.ts';

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
