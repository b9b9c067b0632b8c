import type { RawResource } from '@throughline/spans';
import { KeyInterner } from '../../../otlp/key-interner.ts';
import { decodeMetricsJson } from '../../../otlp/metrics/decode-metrics-json.ts';
import { decodeMetricsProtobuf } from '../../../otlp/metrics/decode-metrics-protobuf.ts';
import type { MetricSink, RawDataPoint, RawMetric } from '../../../otlp/metrics/metric-sink.ts';
import { type Rejected, Rejection } from '../../../otlp/rejection.ts';
import { batchOf } from '../../../tables/ingest-tables.ts';
import { METRIC_COLUMNS } from '../../../tables/metric-row.ts';
import { writeRow } from '../../../tables/row-binary/columns.ts';
import { RowBinaryWriter } from '../../../tables/row-binary/row-binary-writer.ts';
import type { Ingested, IngestFailure, IngestTask } from '../../pool/messages.ts';
import type { AttributeRedactor } from '../../redaction/redact-attributes.ts';
import { redactedPoints } from '../../redaction/redact-data-point.ts';
import { decodeRequest } from '../decode-request.ts';
import { createSharedWriter, RequestRows } from '../request-rows.ts';

/**
 * Converts a request of metrics to rows. It accepts the points of OpenTelemetry's GenAI metrics and rejects others with
 * the reason.
 */
export class MetricProcessor {
  readonly #metrics = new RowBinaryWriter(1 << 16);
  readonly #shared = createSharedWriter();
  readonly #keys = new KeyInterner();
  readonly #redactor: AttributeRedactor | undefined;

  constructor(redactor?: AttributeRedactor) {
    this.#redactor = redactor;
  }

  /** Converts one request. Invalid input is returned as a failure. */
  process(task: IngestTask): Ingested<'dataPoints'> | IngestFailure {
    this.#metrics.reset();
    const shared = new RequestRows(task, this.#shared);
    const rows = new MetricRows(shared, this.#metrics);
    const sink = this.#redactor ? redactedPoints(this.#redactor, rows) : rows;
    const failure = decodeRequest(task, {
      protobuf: (body) => decodeMetricsProtobuf(body, sink, this.#keys),
      json: (body) => decodeMetricsJson(body, sink),
    });
    if (failure) return failure;
    return {
      kind: 'dataPoints',
      batch: batchOf({ metrics: { writer: this.#metrics, rows: rows.accepted } }),
      accepted: rows.accepted,
      rejected: shared.rejected,
      rejections: shared.rejections(),
      warnings: shared.warnings(),
    };
  }
}

/** GenAI metrics, and the counters of the SDK: `throughline.sdk.unsampled.traces` and `.spans`. */
const KEPT = /^(gen_ai|throughline)\./;

class MetricRows implements MetricSink {
  accepted = 0;
  readonly #shared: RequestRows;
  readonly #metrics: RowBinaryWriter;

  constructor(shared: RequestRows, metrics: RowBinaryWriter) {
    this.#shared = shared;
    this.#metrics = metrics;
  }

  dataPoint(metric: RawMetric, point: RawDataPoint): void {
    if (!KEPT.test(metric.name) || metric.kind === 'summary')
      throw new Rejection(
        'unsupported-metric',
        `the ${metric.kind} "${metric.name.slice(0, 100)}" is not a gen_ai.* histogram, sum or gauge; ` +
          'Throughline stores only GenAI metrics',
      );
    writeRow(METRIC_COLUMNS, this.#metrics, {
      project: this.#shared.projectOf(metric.resource),
      metric,
      point,
      resource: this.#shared.resource(metric.resource),
      scope: this.#shared.scope(metric.scope),
      version: this.#shared.version,
    });
    this.accepted++;
  }

  reject(rejected: Rejected, resource: RawResource | undefined): void {
    this.#shared.reject(rejected, resource);
  }
}
