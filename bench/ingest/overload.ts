/**
 * Measures sustained overload. Applications with OpenTelemetry's own exporters and an endless backlog send over HTTP and
 * gRPC, together with senders that ignore refusals. Then all queued spans are sent. Every acknowledged span must be
 * stored exactly once, every refusal must contain a retry delay, and a small project must hardly be affected.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openChdbEngine } from '../../packages/server/src/clickhouse/chdb/chdb-engine.ts';
import type { SenderReport } from '../../tests/support/otel-senders.ts';
import { type FloodReport, flood, startSenders } from '../../tests/support/overload.ts';
import { percentile, sendLoad } from './load.ts';
import { type ServerProcess, startServer } from './server-process.ts';
import { buildWorkload, type Workload } from './workloads.ts';

export interface OverloadOptions {
  readonly seconds: number;
  readonly httpSenders: number;
  readonly grpcSenders: number;
  /** Number of concurrent requests, per transport, of the senders that ignore refusals. */
  readonly floodConcurrency: number;
}

export async function measureOverload(options: OverloadOptions): Promise<Readonly<Record<string, string>>> {
  const { seconds } = options;
  const folder = await mkdtemp(join(tmpdir(), 'throughline-overload-'));
  const server = await startServer(folder);
  const workload = buildWorkload('llm');
  try {
    const plain = await sendLoad({ url: server.url, workload, seconds: 5, connections: 8 });
    const capacity = plain.spans / plain.seconds;
    const plainRss = server.peakRssBytes();
    const common = { batchSpans: 512, textLength: 2400 };
    const http = startSenders({
      transport: 'http',
      url: server.url,
      project: 'http',
      senders: options.httpSenders,
      ...common,
    });
    const grpc = startSenders({
      transport: 'grpc',
      url: server.grpcUrl,
      project: 'grpc',
      senders: options.grpcSenders,
      ...common,
    });
    const over = new AbortController();
    const load = { concurrency: options.floodConcurrency, next: stamped(workload), until: over.signal };
    const floods = [
      flood({ ...load, transport: 'http', url: server.url, project: 'flood-http' }),
      flood({ ...load, transport: 'grpc', url: server.grpcUrl, project: 'flood-grpc' }),
    ];
    const quiet = watchQuiet(server, workload, over.signal);
    await delay(seconds * 1000);
    over.abort();
    const [httpFlood, grpcFlood] = (await Promise.all(floods)) as [FloodReport, FloodReport];
    const latencies = await quiet;
    const [httpReport, grpcReport] = await Promise.all([http.finish(), grpc.finish()]);
    const peakRss = server.peakRssBytes();
    const acceptedInTime =
      httpReport.exported + grpcReport.exported + httpFlood.acceptedSpans + grpcFlood.acceptedSpans;
    await server.stop();
    const stored = await storedByProject(folder);
    const ofSenders = (project: string, report: SenderReport) =>
      `${n(report.produced)} spans made, ${n(report.exported)} acknowledged, ${n(report.dropped)} dropped by the exporter, ` +
      `${format(stored.get(project))} stored; export p50 ${ms(report.exportMs, 0.5)}, p99 ${ms(report.exportMs, 0.99)}, longest ${ms(report.exportMs, 1)}` +
      Object.entries(report.failures)
        .map(([why, count]) => `; ${count} × ${why}`)
        .join('');
    const ofFlood = (project: string, report: FloodReport) =>
      `${[...report.answers].map(([status, count]) => `${n(count)} × ${status}`).join(', ')}; ` +
      `${report.withoutRetry} refusals without a retry delay; ${n(report.acceptedSpans)} spans acknowledged, ${format(stored.get(project))} stored`;
    return {
      'plain load, 8 connections': `${n(capacity)} spans/s, peak ${mb(plainRss)}`,
      [`${options.httpSenders} exporters over HTTP`]: ofSenders('http', httpReport),
      [`${options.grpcSenders} exporters over gRPC`]: ofSenders('grpc', grpcReport),
      [`${options.floodConcurrency} concurrent, ignoring refusals, HTTP`]: ofFlood('flood-http', httpFlood),
      [`${options.floodConcurrency} concurrent, ignoring refusals, gRPC`]: ofFlood('flood-grpc', grpcFlood),
      'accepted under overload': `${n(acceptedInTime / seconds)} spans/s, including spans sent after the end`,
      'a small project at the same time': `${latencies.length} requests, all 200; p50 ${ms(latencies, 0.5)}, p99 ${ms(latencies, 0.99)}, longest ${ms(latencies, 1)}`,
      'peak memory': mb(peakRss),
    };
  } finally {
    await server.stop().catch(() => {});
    await rm(folder, { recursive: true, force: true });
  }
}

function stamped(workload: Workload): () => { body: Buffer; spans: number } {
  let turn = 0;
  return () => {
    const template = workload.requests[turn++ % workload.requests.length];
    if (!template) throw new Error('The workload is empty.');
    return { body: template.stamp(Date.now()).body, spans: template.spans };
  };
}

/** Sends a request every 250 ms from a small project and returns the latencies. */
async function watchQuiet(server: ServerProcess, workload: Workload, until: AbortSignal): Promise<number[]> {
  const next = stamped(workload);
  const latencies: number[] = [];
  while (!until.aborted) {
    const began = performance.now();
    const answer = await fetch(`${server.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'x-throughline-project': 'quiet' },
      body: new Uint8Array(next().body),
    });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`The small project got status ${answer.status}.`);
    latencies.push(performance.now() - began);
    await delay(250);
  }
  return latencies.sort((a, b) => a - b);
}

interface Stored {
  readonly spans: number;
  readonly distinct: number;
}

/** Counts the stored spans by project. Opens the server's own store, so the server must have exited. */
async function storedByProject(folder: string): Promise<Map<string, Stored>> {
  const engine = await openChdbEngine({ dataDir: folder });
  try {
    const rows = await engine.query<{ project: string; spans: string; distinct_spans: string }>(
      `SELECT project, count() AS spans, uniqExact(trace_id, span_id) AS distinct_spans
       FROM spans FINAL GROUP BY project`,
      {},
      { maxSeconds: 120 },
    );
    return new Map(
      rows.map((row) => [row.project, { spans: Number(row.spans), distinct: Number(row.distinct_spans) }]),
    );
  } finally {
    await engine.close();
  }
}

const n = (value: number): string => Math.round(value).toLocaleString('en');
const ms = (ascending: readonly number[], fraction: number): string =>
  `${percentile(ascending, fraction).toFixed(0)} ms`;
const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
const format = (stored: Stored | undefined): string =>
  `${n(stored?.spans ?? 0)}${stored?.spans === stored?.distinct ? '' : ` (${n(stored?.distinct ?? 0)} DISTINCT)`}`;
