import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { ProcessedRequest } from '../ingest/accept-otlp.ts';
import type { IngestTask } from '../ingest/pool/messages.ts';
import type { GroupCommit } from '../journal/journal.ts';
import type { TableLoad } from '../loader/segment-load.ts';
import type { AnsweredRequest } from '../receive/answered-request.ts';
import { addLiveGauges, addLiveMetrics, type LiveMetrics, type WatchedStreams } from './live-metrics.ts';
import { addRuntimeGauges } from './runtime-gauges.ts';

/** Parts whose current values are read when metrics are requested. */
export interface WatchedParts {
  readonly admission: { readonly bytes: number; readonly maxBytes: number; readonly waiting: number };
  readonly readAdmission: {
    readonly reading: number;
    readonly waiting: number;
    readonly answerBytes: number;
    readonly refused: number;
  };
  readonly pool: { readonly queueSize: number };
  readonly liveStreams: WatchedStreams;
  readonly damage: { readonly parts: readonly unknown[]; readonly rows: number };
  readonly journal: {
    readonly sizeBytes: number;
    readonly maxBytes: number;
    /** In ms since 1970. Undefined while the journal is empty. */
    readonly oldestRowUnixMs: number | undefined;
    readonly recovery: { readonly quarantinedBytes: number; readonly truncatedBytes: number };
  };
}

/**
 * Metrics of one server for Prometheus. The parts of the server do not depend on it: `main.ts` passes its callbacks to
 * them. Labels have a fixed set of values, so projects, which senders name, are not labels.
 */
export interface ServerMetrics {
  onAnswered(answered: AnsweredRequest): void;
  onProcessed(processed: ProcessedRequest): void;
  onCommit(commit: GroupCommit): void;
  onLoad(load: TableLoad): void;
  readonly live: LiveMetrics;
  watch(parts: WatchedParts): void;
  readonly contentType: string;
  /** The metrics in the text format of Prometheus. */
  print(): Promise<string>;
  close(): void;
}

const SIGNALS: Readonly<Record<IngestTask['kind'], string>> = {
  'otlp-traces': 'traces',
  'otlp-logs': 'logs',
  'otlp-metrics': 'metrics',
};

const BYTES = [1e3, 1e4, 1e5, 1e6, 4e6, 16e6, 64e6];
/** Buckets for durations, from an fsync of a fast disk to an overloaded store. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createServerMetrics(): ServerMetrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Counter({ name: `throughline_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly Label[],
  ) => new Histogram({ name: `throughline_${name}`, help, buckets, labelNames, registers });

  const requests = counter('requests_total', 'OTLP requests by status', ['signal', 'transport', 'status']);
  const bodies = histogram(
    'request_body_bytes',
    'Size of request bodies as received, for decoded requests',
    BYTES,
    ['signal'],
  );
  const work = histogram('request_work_seconds', 'Queue time plus processing time in a worker', SECONDS, [
    'signal',
  ]);
  const accepted = counter('records_accepted_total', 'Spans, log records and data points on disk', [
    'signal',
  ]);
  const rejected = counter('records_rejected_total', 'Records rejected individually', ['signal', 'reason']);
  const redactions = counter('redactions_total', 'Replacements by redaction rules', ['detector']);
  const commits = histogram('journal_commit_seconds', 'Group commits: write and fsync', SECONDS, []);
  const commitBytes = counter('journal_committed_bytes_total', 'Size of rows written to the journal', []);
  const commitErrors = counter('journal_commit_errors_total', 'Group commits that failed', []);
  const loads = histogram('load_seconds', 'Loads of one table from one segment', SECONDS, ['table']);
  const loadedRows = counter('load_rows_total', 'Rows loaded into the store', ['table']);
  const loadErrors = counter('load_errors_total', 'Failed loads, which are retried', ['table']);
  const lastLoad = new Gauge({
    name: 'throughline_last_load_timestamp_seconds',
    help: 'Time of the last load; 0 if there was none since the start',
    registers,
  });
  const runtime = addRuntimeGauges(registry);

  return {
    onAnswered({ signal, transport, status }) {
      requests.inc({ signal: SIGNALS[signal], transport, status });
    },
    onProcessed(processed) {
      const signal = SIGNALS[processed.kind];
      bodies.observe({ signal }, processed.bodyBytes);
      work.observe({ signal }, processed.workMs / 1000);
      accepted.inc({ signal }, processed.accepted);
      for (const [detector, count] of Object.entries(processed.redactions))
        redactions.inc({ detector }, count);
      for (const { reason, count } of processed.rejections) rejected.inc({ signal, reason }, count);
    },
    onCommit({ durationMs, bytes, failed }) {
      if (failed) return commitErrors.inc();
      commits.observe(durationMs / 1000);
      commitBytes.inc(bytes);
    },
    onLoad({ table, rows, durationMs, failed }) {
      if (failed) return loadErrors.inc({ table });
      loads.observe({ table }, durationMs / 1000);
      loadedRows.inc({ table }, rows);
      lastLoad.setToCurrentTime();
    },
    live: addLiveMetrics(registry),
    watch(parts) {
      addWatchedGauges(registry, parts);
      addLiveGauges(registry, parts.liveStreams);
    },
    contentType: registry.contentType,
    print: () => registry.metrics(),
    close: () => runtime.close(),
  };
}

function addWatchedGauges(
  registry: Registry,
  { admission, readAdmission, pool, journal, damage }: WatchedParts,
): void {
  const rows: readonly (readonly [name: string, help: string, read: () => number])[] = [
    ['in_flight_bytes', 'Memory reserved for requests in progress', () => admission.bytes],
    [
      'in_flight_limit_bytes',
      'Limit of the reserved memory; above it requests wait, then get 429',
      () => admission.maxBytes,
    ],
    ['waiting_requests', 'Requests that wait for memory before their body is read', () => admission.waiting],
    ['reads', 'API requests that are reading the store', () => readAdmission.reading],
    ['waiting_reads', 'API requests that wait for their turn to read', () => readAdmission.waiting],
    [
      'unsent_answer_bytes',
      'Size of responses that clients have not read yet',
      () => readAdmission.answerBytes,
    ],
    ['worker_queue', 'Requests that wait for a worker', () => pool.queueSize],
    ['journal_bytes', 'Acknowledged and not loaded yet', () => journal.sizeBytes],
    ['journal_limit_bytes', 'Past it requests are refused with 503', () => journal.maxBytes],
    ['store_damaged_parts', 'Parts of the store whose rows cannot be read', () => damage.parts.length],
    ['store_damaged_rows', 'Rows in these parts, as far as known', () => damage.rows],
    [
      'journal_quarantined_bytes',
      'Size of damaged acknowledged rows that were set aside at the start',
      () => journal.recovery.quarantinedBytes,
    ],
    [
      'journal_cut_tail_bytes',
      'Size of uncommitted rows that were cut off and set aside at the start',
      () => journal.recovery.truncatedBytes,
    ],
    [
      'journal_oldest_row_age_seconds',
      'Time that the oldest row has waited to be loaded; 0 if no row waits',
      () => Math.max(0, Date.now() - (journal.oldestRowUnixMs ?? Date.now())) / 1000,
    ],
  ];
  for (const [name, help, read] of rows)
    new Gauge({
      name: `throughline_${name}`,
      help,
      registers: [registry],
      collect() {
        this.set(read());
      },
    });
  new Counter({
    name: 'throughline_refused_reads_total',
    help: 'API requests rejected because too many were waiting or they waited too long',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(readAdmission.refused);
    },
  });
}
