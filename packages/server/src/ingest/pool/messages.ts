import type { RawSpan } from '@throughline/spans';
import type { ErrorCode } from '../../errors/errors.ts';
import type { RejectionReason } from '../../errors/rejections.ts';
import type { WarningReason } from '../../errors/warnings.ts';
import type { Batch } from '../../journal/segment.ts';
import type { PricesSnapshot } from '../prices/prices-snapshot.ts';

/**
 * Messages between the main thread and the workers. Buffers are transferred, not copied:
 *
 *     main ── IngestTask (body) ──▶ worker: decompress, decode, map, encode
 *     main ◀── IngestResult (rows) ──
 */
export interface IngestTask {
  readonly kind: 'otlp-traces' | 'otlp-logs' | 'otlp-metrics';
  readonly body: Uint8Array;
  readonly contentType: 'protobuf' | 'json';
  readonly contentEncoding: ContentEncoding;
  /** Spans of another protocol, which were decoded already. The body is empty. */
  readonly decoded?: DecodedSpans | undefined;
  /** The project in the header. If absent, each resource names its own project. */
  readonly project: string | undefined;
  /** Time of receipt in nanoseconds since 1970, the version of every row. */
  readonly receivedUnixNano: bigint;
  /** Maximum size of a body after decompression. */
  readonly maxBodyBytes: number;
  /** Prices that projects have set. Absent: none. */
  readonly prices?: PricesSnapshot | undefined;
}

/** Spans that are sent to a worker as objects. They contain no `DoubleValue`, which would lose its class. */
export interface DecodedSpans {
  readonly spans: readonly RawSpan[];
  /** Size of the request that they came in. */
  readonly bytes: number;
}

export type ContentEncoding = 'identity' | 'gzip' | 'deflate' | 'zstd';

export type IngestResult = Ingested | IngestFailure;

export type IngestedSpans = Ingested<'spans'>;

export interface Ingested<
  Kind extends 'spans' | 'logRecords' | 'dataPoints' = 'spans' | 'logRecords' | 'dataPoints',
> {
  /** The kind of records that were counted. */
  readonly kind: Kind;
  /** The accepted records in RowBinary: an entry for each table of the journal, in the order of the tables. */
  readonly batch: Batch;
  readonly accepted: number;
  readonly rejected: number;
  /** One entry per reason and project, with the first example. */
  readonly rejections: readonly Rejections[];
  /** Records that were accepted but look wrong: one entry per reason and project, with the first example. */
  readonly warnings: readonly Warnings[];
  /** Number of replacements by each redaction rule. Absent if no rule is set. */
  readonly redactions?: Readonly<Record<string, number>>;
}

/** Start parameters of a worker. */
export interface WorkerData {
  /** Names of the redaction rules. Empty if nothing is redacted. */
  readonly redact: readonly string[];
}

export type Rejections = Findings<RejectionReason>;

export type Warnings = Findings<WarningReason>;

/** Records of one project with the same problem. */
export interface Findings<Reason> {
  readonly reason: Reason;
  /** Undefined if the project is not known. */
  readonly project: string | undefined;
  readonly count: number;
  readonly example: string;
  /** Name of the span, event or metric of the example. */
  readonly subject: string | undefined;
  /** The SDK according to the resource of the example: `python opentelemetry 1.38.0`. */
  readonly sdk: string | undefined;
}

/** The whole request is rejected. */
export interface IngestFailure {
  readonly kind: 'failure';
  readonly code: Extract<ErrorCode, 'malformed-body' | 'body-too-large'>;
  readonly message: string;
}
