import type { ErrorCode } from '../../errors/errors.ts';
import type { RejectionReason } from '../../errors/rejections.ts';
import type { Batch } from '../../journal/segment.ts';

/**
 * What travels between the main thread and the workers. Buffers are transferred, not copied:
 *
 *     main ── IngestTask (body) ──▶ worker: decompress, decode, map, encode
 *     main ◀── IngestResult (rows) ──
 */
export interface IngestTask {
  readonly kind: 'otlp-traces' | 'otlp-logs' | 'otlp-metrics';
  readonly body: Uint8Array;
  readonly contentType: 'protobuf' | 'json';
  readonly contentEncoding: ContentEncoding;
  /** From the header; absent where each resource says for itself. */
  readonly project: string | undefined;
  /** Nanoseconds of receipt, the version of every row. */
  readonly receivedUnixNano: bigint;
  /** After decompression. */
  readonly maxBodyBytes: number;
}

export type ContentEncoding = 'identity' | 'gzip' | 'deflate' | 'zstd';

export type IngestResult = Ingested | IngestFailure;

export type IngestedSpans = Ingested<'spans'>;

export interface Ingested<
  Kind extends 'spans' | 'logRecords' | 'dataPoints' = 'spans' | 'logRecords' | 'dataPoints',
> {
  /** What was counted. */
  readonly kind: Kind;
  /** RowBinary of what was accepted: an entry for each table of the journal, in its order. */
  readonly batch: Batch;
  readonly accepted: number;
  readonly rejected: number;
  /** One entry for each reason and project, with the first example. */
  readonly rejections: readonly Rejections[];
  /** How often each rule replaced something; absent where none is set. */
  readonly redactions?: Readonly<Record<string, number>>;
}

/** What a worker is started with. */
export interface WorkerData {
  /** Names of the rules of redaction; none where nothing is redacted. */
  readonly redact: readonly string[];
}

export interface Rejections {
  readonly reason: RejectionReason;
  /** Absent where it is not known. */
  readonly project: string | undefined;
  readonly count: number;
  readonly example: string;
  /** The name of the span, event or metric of the example. */
  readonly subject: string | undefined;
  /** `python opentelemetry 1.38.0`, as the example's resource says. */
  readonly sdk: string | undefined;
}

/** The request as a whole is refused. */
export interface IngestFailure {
  readonly kind: 'failure';
  readonly code: Extract<ErrorCode, 'malformed-body' | 'body-too-large'>;
  readonly message: string;
}
