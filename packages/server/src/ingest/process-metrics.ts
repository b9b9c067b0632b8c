import type { RawResource } from '@throughline/spans';
import { decodeMetricsJson } from '../receive/otlp/decode-metrics-json.ts';
import { decodeMetricsProtobuf } from '../receive/otlp/decode-metrics-protobuf.ts';
import { KeyInterner } from '../receive/otlp/key-interner.ts';
import type { MetricSink, RawDataPoint, RawMetric } from '../receive/otlp/metric-sink.ts';
import { type Rejected, Rejection } from '../receive/otlp/rejection.ts';
import { writeRow } from './columns.ts';
import { decodeRequest } from './decode-request.ts';
import { batchOf } from './ingest-tables.ts';
import type { Ingested, IngestFailure, IngestTask } from './messages.ts';
import { METRIC_COLUMNS } from './metric-row.ts';
import type { AttributeRedactor } from './redact-attributes.ts';
import { redactedPoints } from './redact-data-point.ts';
import { createSharedWriter, RequestRows } from './request-rows.ts';
import { RowBinaryWriter } from './row-binary-writer.ts';

/**
 * Turns a request of metrics into rows. Kept are the points of OpenTelemetry's metrics for generative AI; others are
 * refused with the reason.
 */
export class MetricProcessor {
  readonly #metrics = new RowBinaryWriter(1 << 16);
  readonly #shared = createSharedWriter();
  readonly #keys = new KeyInterner();
  readonly #redactor: AttributeRedactor | undefined;

  constructor(redactor?: AttributeRedactor) {
    this.#redactor = redactor;
  }

  /** Bad input is an answer, not an exception. */
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
    };
  }
}

/** GenAI metrics, and what the SDK counts: `throughline.sdk.unsampled.traces` and `.spans`. */
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
        `the ${metric.kind} "${metric.name.slice(0, 100)}" is no gen_ai.* histogram, sum or gauge; ` +
          'Throughline keeps GenAI metrics and is no store of metrics',
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
