import { createHash } from 'node:crypto';
import {
  EVALUATION_EVENT,
  encodeAttributes,
  eventNameOf,
  GENAI_EVENT_PREFIX,
  isContextEvent,
  mapTexts,
  previews,
  type RawResource,
  searchTextOf,
  spanOfLog,
} from '@throughline/spans';
import { KeyInterner } from '../../../otlp/key-interner.ts';
import { decodeLogsJson } from '../../../otlp/logs/decode-logs-json.ts';
import { decodeLogsProtobuf } from '../../../otlp/logs/decode-logs-protobuf.ts';
import type { LogSink, RawLogRecord } from '../../../otlp/logs/log-sink.ts';
import { type Rejected, Rejection } from '../../../otlp/rejection.ts';
import { batchOf } from '../../../tables/ingest-tables.ts';
import { LOG_COLUMNS, type LogRow } from '../../../tables/log-row.ts';
import { writeRow } from '../../../tables/row-binary/columns.ts';
import { RowBinaryWriter } from '../../../tables/row-binary/row-binary-writer.ts';
import { SCORE_COLUMNS, scoreIdOf } from '../../../tables/score-row.ts';
import type { Ingested, IngestFailure, IngestTask } from '../../pool/messages.ts';
import type { AttributeRedactor } from '../../redaction/redact-attributes.ts';
import { redactedLogs } from '../../redaction/redact-log-record.ts';
import { decodeRequest } from '../decode-request.ts';
import { scoreOfEvaluation } from '../evaluation-score.ts';
import { createSharedWriter, RequestRows } from '../request-rows.ts';

/**
 * Converts a request of log records to rows. It accepts the events of OpenTelemetry's GenAI conventions that belong to a
 * trace, because they contain the content of its spans, and rejects other records with the reason.
 */
export class LogProcessor {
  readonly #logs = new RowBinaryWriter(1 << 16);
  readonly #scores = new RowBinaryWriter(1 << 12);
  readonly #shared = createSharedWriter();
  readonly #keys = new KeyInterner();
  readonly #redactor: AttributeRedactor | undefined;

  constructor(redactor?: AttributeRedactor) {
    this.#redactor = redactor;
  }

  /** Converts one request. Invalid input is returned as a failure. */
  process(task: IngestTask): Ingested<'logRecords'> | IngestFailure {
    this.#logs.reset();
    this.#scores.reset();
    const shared = new RequestRows(task, this.#shared);
    const rows = new LogRows(shared, this.#logs, this.#scores);
    const sink = this.#redactor ? redactedLogs(this.#redactor, rows) : rows;
    const failure = decodeRequest(task, {
      protobuf: (body) => decodeLogsProtobuf(body, sink, this.#keys),
      json: (body) => decodeLogsJson(body, sink),
    });
    if (failure) return failure;
    return {
      kind: 'logRecords',
      batch: batchOf({
        logs: { writer: this.#logs, rows: rows.accepted },
        scores: { writer: this.#scores, rows: rows.scores },
      }),
      accepted: rows.accepted,
      rejected: shared.rejected,
      rejections: shared.rejections(),
      warnings: shared.warnings(),
    };
  }
}

class LogRows implements LogSink {
  accepted = 0;
  scores = 0;
  readonly #shared: RequestRows;
  readonly #logs: RowBinaryWriter;
  readonly #scores: RowBinaryWriter;
  /** Number of occurrences of each hash in this request. */
  readonly #seen = new Map<bigint, number>();

  constructor(shared: RequestRows, logs: RowBinaryWriter, scores: RowBinaryWriter) {
    this.#shared = shared;
    this.#logs = logs;
    this.#scores = scores;
  }

  logRecord(record: RawLogRecord): void {
    const eventName = eventNameOf(record);
    checkBelongs(eventName, record);
    const project = this.#shared.projectOf(record.resource);
    const timeUnixNano = record.timeUnixNano === 0n ? record.observedTimeUnixNano : record.timeUnixNano;
    const { traceId, spanId, resource, scope } = record;
    const span = spanOfLog({ ...record, eventName, timeUnixNano }, { traceId, spanId, resource, scope });
    const texts = mapTexts(span);
    const row: LogRow = {
      project,
      record,
      eventName,
      timeUnixNano,
      resource: this.#shared.resource(record.resource),
      scope: this.#shared.scope(record.scope),
      // The last question and the answer become previews, but not the instructions and earlier messages.
      previews: isContextEvent(eventName) ? {} : previews(texts),
      searchText: searchTextOf(span, texts),
      contentHash: this.#hash(record),
      position: this.accepted,
      version: this.#shared.version,
    };
    writeRow(LOG_COLUMNS, this.#logs, row);
    this.accepted++;
    if (eventName === EVALUATION_EVENT) this.#evaluation(project, record, timeUnixNano);
  }

  reject(rejected: Rejected, resource: RawResource | undefined): void {
    this.#shared.reject(rejected, resource);
  }

  /** A hash of everything that the client sent, and of the number of equal records before this one in the request. */
  #hash(record: RawLogRecord): bigint {
    const { resource, scope, ...own } = record;
    const hash = hashOf(encodeAttributes(new Map(Object.entries(own))) + scope.name);
    const before = this.#seen.get(hash) ?? 0;
    this.#seen.set(hash, before + 1);
    return before === 0 ? hash : hashOf(`${hash} ${before}`);
  }

  #evaluation(project: string, record: RawLogRecord, timeUnixNano: bigint): void {
    const { traceId, spanId, scope } = record;
    const target = { traceId, spanId, timeUnixNano, evaluator: scope.name };
    const score = scoreOfEvaluation(record.attributes, target);
    if (!score) return;
    const row = { project, id: scoreIdOf(score), score, version: this.#shared.version };
    writeRow(SCORE_COLUMNS, this.#scores, row);
    this.scores++;
  }
}

function hashOf(text: string): bigint {
  return createHash('sha256').update(text).digest().readBigUInt64LE();
}

/** @throws Rejection */
function checkBelongs(eventName: string, { traceId, spanId }: RawLogRecord): void {
  if (!eventName.startsWith(GENAI_EVENT_PREFIX))
    throw new Rejection(
      'not-gen-ai',
      `${eventName === '' ? 'a record without an event name' : `the event "${eventName.slice(0, 100)}"`}` +
        ' is not a gen_ai.* event; Throughline stores only log records that belong to GenAI spans',
    );
  const missing =
    traceId === '' ? 'trace id' : spanId === '' && eventName !== EVALUATION_EVENT ? 'span id' : '';
  if (missing !== '')
    throw new Rejection(
      'no-trace-context',
      `the event "${eventName}" has no ${missing}, so it does not belong to a span`,
    );
}
