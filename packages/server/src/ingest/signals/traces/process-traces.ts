import {
  asRunning,
  EVALUATION_EVENT,
  mapFacts,
  mapTexts,
  type ProjectPrices,
  previews,
  type RawResource,
  type RawSpan,
  searchTextOf,
} from '@throughline/spans';
import { KeyInterner } from '../../../otlp/key-interner.ts';
import { named, type Rejected, Rejection } from '../../../otlp/rejection.ts';
import { decodeTracesJson } from '../../../otlp/traces/decode-traces-json.ts';
import { decodeTracesProtobuf } from '../../../otlp/traces/decode-traces-protobuf.ts';
import type { SpanSink } from '../../../otlp/traces/span-sink.ts';
import { batchOf } from '../../../tables/ingest-tables.ts';
import { PAYLOAD_COLUMNS } from '../../../tables/payload-row.ts';
import { writeRow } from '../../../tables/row-binary/columns.ts';
import { RowBinaryWriter } from '../../../tables/row-binary/row-binary-writer.ts';
import { SCORE_COLUMNS, scoreIdOf } from '../../../tables/score-row.ts';
import { SPAN_COLUMNS } from '../../../tables/span-row.ts';
import { AttributeSplitter } from '../../../tables/split-attributes.ts';
import type { IngestedSpans, IngestFailure, IngestTask } from '../../pool/messages.ts';
import { SnapshotReader } from '../../prices/prices-snapshot.ts';
import type { AttributeRedactor } from '../../redaction/redact-attributes.ts';
import { redactedSpans } from '../../redaction/redact-raw-span.ts';
import { decodeRequest } from '../decode-request.ts';
import { scoreOfEvaluation } from '../evaluation-score.ts';
import { createSharedWriter, RequestRows } from '../request-rows.ts';

/**
 * Converts a request of spans to rows. Keeps only reusable memory (buffers, cached keys) between requests: the result
 * depends on the task alone.
 */
export class TraceProcessor {
  readonly #writers: SpanWriters = {
    spans: new RowBinaryWriter(),
    payloads: new RowBinaryWriter(),
    scores: new RowBinaryWriter(1 << 12),
  };
  readonly #shared = createSharedWriter();
  readonly #keys = new KeyInterner();
  readonly #splitter = new AttributeSplitter();
  readonly #prices = new SnapshotReader();
  readonly #redactor: AttributeRedactor | undefined;

  constructor(redactor?: AttributeRedactor) {
    this.#redactor = redactor;
  }

  /** Converts one request. Invalid input is returned as a failure. */
  process(task: IngestTask): IngestedSpans | IngestFailure {
    const { spans, payloads, scores } = this.#writers;
    for (const writer of [spans, payloads, scores]) writer.reset();
    const shared = new RequestRows(task, this.#shared);
    const pricesOf = (project: string) => this.#prices.of(task.prices, project);
    const rows = new SpanRows(shared, this.#writers, this.#splitter, pricesOf);
    const sink = this.#redactor ? redactedSpans(this.#redactor, rows) : rows;
    const failure = decodeRequest(task, {
      protobuf: (body) => decodeTracesProtobuf(body, sink, this.#keys),
      json: (body) => decodeTracesJson(body, sink),
      decoded: ({ spans: decoded }) => {
        for (const span of decoded) {
          try {
            sink.span(span);
          } catch (error) {
            if (!(error instanceof Rejection)) throw error;
            sink.reject(named(error, span.name), span.resource);
          }
        }
      },
    });
    if (failure) return failure;
    return {
      kind: 'spans',
      batch: batchOf({
        payloads: { writer: payloads, rows: rows.accepted },
        spans: { writer: spans, rows: rows.accepted },
        scores: { writer: scores, rows: rows.scores },
      }),
      accepted: rows.accepted,
      rejected: shared.rejected,
      rejections: shared.rejections(),
      warnings: shared.warnings(),
    };
  }
}

/** 1970-04-26. Milliseconds and microseconds of today are before it if they are read as nanoseconds. */
const UNLIKELY_BEFORE = 10n ** 16n;

function unlikelyTime({ name, startTimeUnixNano }: RawSpan) {
  const time = new Date(Number(startTimeUnixNano / 1_000_000n)).toISOString();
  return {
    reason: 'unlikely-time',
    detail: `the start time ${startTimeUnixNano} is ${time}; times are nanoseconds since 1970`,
    subject: name,
  } as const;
}

type SpanWriters = Readonly<Record<'spans' | 'payloads' | 'scores', RowBinaryWriter>>;

/** Writes each span into its tables as it is decoded. */
class SpanRows implements SpanSink {
  accepted = 0;
  scores = 0;
  readonly #shared: RequestRows;
  readonly #writers: SpanWriters;
  readonly #splitter: AttributeSplitter;
  readonly #pricesOf: (project: string) => ProjectPrices | undefined;

  constructor(
    shared: RequestRows,
    writers: SpanWriters,
    splitter: AttributeSplitter,
    pricesOf: (project: string) => ProjectPrices | undefined,
  ) {
    this.#shared = shared;
    this.#writers = writers;
    this.#splitter = splitter;
    this.#pricesOf = pricesOf;
  }

  span(received: RawSpan): void {
    // A placeholder announces a span that is running. The span itself replaces it, also if both are in one request.
    const raw = asRunning(received);
    const version = raw === received ? this.#shared.version : this.#shared.version - 1n;
    // Everything that can throw has to happen before the first byte of a row is written.
    const project = this.#shared.projectOf(raw.resource);
    const facts = mapFacts(raw, this.#pricesOf(project));
    const texts = mapTexts(raw);
    const searchText = searchTextOf(raw, texts);
    const split = this.#splitter.split(raw.attributes);
    writeRow(SPAN_COLUMNS, this.#writers.spans, {
      project,
      raw,
      facts,
      shortAttributes: split.short,
      version,
    });
    writeRow(PAYLOAD_COLUMNS, this.#writers.payloads, {
      project,
      raw,
      split,
      resource: this.#shared.resource(raw.resource),
      scope: this.#shared.scope(raw.scope),
      previews: previews(texts),
      searchText,
      version,
    });
    if (raw.startTimeUnixNano < UNLIKELY_BEFORE) this.#shared.warn(unlikelyTime(raw), raw.resource);
    if (raw.events.length > 0) this.#evaluations(project, raw);
    this.accepted++;
  }

  reject(rejected: Rejected, resource: RawResource | undefined): void {
    this.#shared.reject(rejected, resource);
  }

  #evaluations(project: string, raw: RawSpan): void {
    for (const { name, attributes, timeUnixNano } of raw.events) {
      if (name !== EVALUATION_EVENT) continue;
      const { traceId, spanId, scope } = raw;
      const score = scoreOfEvaluation(attributes, { traceId, spanId, timeUnixNano, evaluator: scope.name });
      if (!score) continue;
      const row = { project, id: scoreIdOf(score), score, version: this.#shared.version };
      writeRow(SCORE_COLUMNS, this.#writers.scores, row);
      this.scores++;
    }
  }
}
