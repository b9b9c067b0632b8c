import { crc32 } from 'node:zlib';
import { mapFacts, mapPreviews, type RawResource, type RawScope, type RawSpan } from '@throughline/spans';
import type { JournalTable } from '../journal/commit-record.ts';
import type { TableBatch } from '../journal/segment.ts';
import { decodeTracesJson } from '../receive/otlp/decode-traces-json.ts';
import { decodeTracesProtobuf } from '../receive/otlp/decode-traces-protobuf.ts';
import { KeyInterner } from '../receive/otlp/key-interner.ts';
import { ProtobufError } from '../receive/otlp/protobuf-reader.ts';
import { OtlpJsonError } from '../receive/otlp/read-export-json.ts';
import type { Rejected, RejectionReason } from '../receive/otlp/rejection.ts';
import type { SpanSink } from '../receive/otlp/span-sink.ts';
import { writeRow } from './columns.ts';
import { BodyTooLargeError, DecompressionError, decompress } from './decompress.ts';
import type { IngestResult, IngestTask, Rejections } from './messages.ts';
import { encodeResource, encodeScope } from './payload-codec.ts';
import { PAYLOAD_COLUMNS, PAYLOAD_STRUCTURE } from './payload-row.ts';
import { isProjectName, PROJECT_NAME_RULE, projectOfResource } from './project-name.ts';
import { RowBinaryWriter } from './row-binary-writer.ts';
import { SPAN_COLUMNS, SPAN_STRUCTURE } from './span-row.ts';
import { AttributeSplitter } from './split-attributes.ts';

/**
 * The tables of the journal, in the order of loading: payloads first, so that a span that is found has its content.
 */
export const INGEST_TABLES: readonly JournalTable[] = [
  { name: 'payloads', structure: PAYLOAD_STRUCTURE },
  { name: 'spans', structure: SPAN_STRUCTURE },
];

/**
 * Turns one request into rows. Holds only memory that is used again (buffers, remembered keys): what it gives
 * depends on the task alone.
 */
export class TraceProcessor {
  readonly #spans = new RowBinaryWriter();
  readonly #payloads = new RowBinaryWriter();
  readonly #shared = new RowBinaryWriter(1 << 12, 1 << 20);
  readonly #keys = new KeyInterner();
  readonly #splitter = new AttributeSplitter();

  /** Bad input is an answer, not an exception. */
  process(task: IngestTask): IngestResult {
    this.#spans.reset();
    this.#payloads.reset();
    const rows = new RowSink(task, this.#spans, this.#payloads, this.#shared, this.#splitter);
    try {
      const body = decompress(task.body, task.contentEncoding, task.maxBodyBytes);
      if (task.contentType === 'protobuf') decodeTracesProtobuf(body, rows, this.#keys);
      else decodeTracesJson(body, rows);
    } catch (error) {
      if (error instanceof BodyTooLargeError)
        return { kind: 'failure', code: 'body-too-large', message: error.message };
      if (
        error instanceof ProtobufError ||
        error instanceof OtlpJsonError ||
        error instanceof DecompressionError
      )
        return { kind: 'failure', code: 'malformed-body', message: error.message };
      throw error;
    }
    return {
      kind: 'spans',
      batch: [tableBatch(this.#payloads, rows.accepted), tableBatch(this.#spans, rows.accepted)],
      accepted: rows.accepted,
      rejected: rows.rejected,
      rejections: rows.rejections(),
    };
  }
}

/** In the order of `INGEST_TABLES`. */
function tableBatch(writer: RowBinaryWriter, rows: number): TableBatch {
  const bytes = writer.toBytes();
  return { bytes, rows, crc32: crc32(bytes) };
}

/** Writes each span into both tables as it is decoded. */
class RowSink implements SpanSink {
  accepted = 0;
  rejected = 0;
  readonly #rejections = new Map<RejectionReason, { count: number; readonly example: string }>();
  readonly #task: IngestTask;
  readonly #spans: RowBinaryWriter;
  readonly #payloads: RowBinaryWriter;
  readonly #splitter: AttributeSplitter;
  /** Empty where the name is not valid. */
  readonly #project: Latest<RawResource, string>;
  readonly #resource: Latest<RawResource, Uint8Array>;
  readonly #scope: Latest<RawScope, Uint8Array>;

  constructor(
    task: IngestTask,
    spans: RowBinaryWriter,
    payloads: RowBinaryWriter,
    shared: RowBinaryWriter,
    splitter: AttributeSplitter,
  ) {
    this.#task = task;
    this.#spans = spans;
    this.#payloads = payloads;
    this.#splitter = splitter;
    const encodeText = (text: string): Uint8Array => {
      shared.reset();
      shared.string(text);
      return shared.toBytes();
    };
    this.#project = new Latest((resource) => {
      const name = task.project ?? projectOfResource(resource);
      return isProjectName(name) ? name : '';
    });
    this.#resource = new Latest((resource) => encodeText(encodeResource(resource)));
    this.#scope = new Latest((scope) => encodeText(encodeScope(scope)));
  }

  span(raw: RawSpan): void {
    const project = this.#project.of(raw.resource);
    if (project === '') {
      this.reject({ reason: 'invalid-project', detail: `the project name is not ${PROJECT_NAME_RULE}` });
      return;
    }
    const version = this.#task.receivedUnixNano;
    // Everything that could throw comes before the first byte of a row.
    const facts = mapFacts(raw);
    const previews = mapPreviews(raw);
    const split = this.#splitter.split(raw.attributes);
    writeRow(SPAN_COLUMNS, this.#spans, {
      project,
      raw,
      facts,
      shortAttributes: split.short,
      version,
    });
    writeRow(PAYLOAD_COLUMNS, this.#payloads, {
      project,
      raw,
      split,
      resource: this.#resource.of(raw.resource),
      scope: this.#scope.of(raw.scope),
      previews,
      version,
    });
    this.accepted++;
  }

  reject({ reason, detail }: Rejected): void {
    this.rejected++;
    const known = this.#rejections.get(reason);
    if (known) known.count++;
    else this.#rejections.set(reason, { count: 1, example: detail });
  }

  rejections(): Rejections[] {
    return [...this.#rejections].map(([reason, { count, example }]) => ({ reason, count, example }));
  }
}

/** Keeps the last result: spans of one resource come in a row. */
class Latest<Key, Value> {
  #key: Key | undefined;
  #value: Value | undefined;
  readonly #compute: (key: Key) => Value;

  constructor(compute: (key: Key) => Value) {
    this.#compute = compute;
  }

  of(key: Key): Value {
    if (this.#value === undefined || this.#key !== key) {
      this.#value = this.#compute(key);
      this.#key = key;
    }
    return this.#value;
  }
}
