/**
 * Measures ingest from the outside: sends OTLP protobuf over HTTP or gRPC to a server process and waits until every
 * acknowledged span can be read.
 *
 *     npm run bench -- ingest [--workload llm] [--seconds 20] [--connections 8] [--engine embedded | server]
 *       [--transport http | grpc]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { zstdCompressSync } from 'node:zlib';
import { startClickHouse } from '../../packages/server/src/testing/clickhouse-server.ts';
import { measureBareLoad } from './bare-load.ts';
import { type LoadResult, percentile, sendLoad } from './load.ts';
import { folderBytes, measureProcess, type ServerProcess, startServer } from './server-process.ts';
import { buildWorkload, WORKLOAD_NAMES, type Workload } from './workloads.ts';

const { values } = parseArgs({
  options: {
    workload: { type: 'string', multiple: true, default: [...WORKLOAD_NAMES] },
    seconds: { type: 'string', default: '20' },
    connections: { type: 'string', default: '8' },
    engine: { type: 'string', default: 'embedded' },
    transport: { type: 'string', default: 'http' },
    // Spans per second of the even stream. Default: half of the rate acknowledged at full load.
    rate: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);
/** Interval of the checks whether a trace is readable. They take processor time from the measured server. */
const POLL_INTERVAL_MS = 100;
/** Time after the full load in which merges continue. */
const MERGES_MS = 25_000;

console.log(
  `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}; ${connections} connections, ${seconds} s each; ${values.transport}, ${values.engine} store\n`,
);
for (const name of values.workload) await measure(buildWorkload(name));

async function measure(workload: Workload): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-bench-'));
  const clickhouse = values.engine === 'server' ? await startClickHouse() : undefined;
  const server = await startServer(folder, clickhouse?.url);
  const store = clickhouse && measureProcess(clickhouse.pid);
  try {
    const warmup = await sendLoad({ ...addressOf(server), workload, seconds: 3, connections });
    await untilReadable(server.url, warmup.lastTraceId);
    const cpuBefore = server.cpuSeconds();
    const threadsBefore = server.cpuSecondsByThread();
    const watch = setInterval(() => server.cpuSecondsByThread(), 100);
    const storeCpuBefore = store?.cpuSeconds() ?? 0;
    const full = await sendLoad({ ...addressOf(server), workload, seconds, connections });
    const readable = await untilReadable(server.url, full.lastTraceId);
    const cpuSeconds = server.cpuSeconds() - cpuBefore;
    const threads = server.cpuSecondsByThread();
    clearInterval(watch);
    const storeCpuSeconds = (store?.cpuSeconds() ?? 0) - storeCpuBefore;
    await new Promise((resolve) => setTimeout(resolve, MERGES_MS));
    const cpuWithMerges = server.cpuSeconds() - cpuBefore;
    const evenRate = Number(values.rate ?? full.spans / full.seconds / 2);
    const even = await atEvenLoad(server, workload, evenRate);
    const sent = warmup.spans + full.spans + even.result.spans;
    const stored = await untilStored(server.url, sent);
    const peakRss = server.peakRssBytes();
    const storeRss = store?.peakRssBytes() ?? 0;
    await server.stop();
    const diskBytes = folderBytes(clickhouse?.folder ?? folder);
    const bare = await measureBareLoad(workload, Math.min(full.spans, 200_000), clickhouse?.url);
    print(workload, {
      'acknowledged after fsync': `${rate(full.spans / full.seconds)} spans/s, ${(full.bytes / full.seconds / 1e6).toFixed(1)} MB/s`,
      'until all of it was readable': `${rate(full.spans / (full.seconds + readable / 1000))} spans/s`,
      'bare RowBinary load of such rows': `${rate(bare.spansPerSecond)} spans/s → ratio ${(full.spans / (full.seconds + readable / 1000) / bare.spansPerSecond).toFixed(2)}`,
      ...(!store && { 'processor time of the bare load': `${bare.loadMicroseconds.toFixed(1)} µs/span` }),
      'decode + map + encode, one core': `${bare.processMicroseconds.toFixed(1)} µs/span`,
      'processor time of the server': `${((cpuSeconds / full.spans) * 1e6).toFixed(1)} µs/span`,
      'of it by thread': byThread(threadsBefore, threads, full.spans),
      [`and with the merges of the next ${MERGES_MS / 1000} s`]: `${((cpuWithMerges / full.spans) * 1e6).toFixed(1)} µs/span`,
      ...(store && {
        'processor time of ClickHouse': `${((storeCpuSeconds / full.spans) * 1e6).toFixed(1)} µs/span`,
        'peak memory of ClickHouse': `${(storeRss / 1e6).toFixed(0)} MB`,
      }),
      'acknowledgement at full load': latency(full),
      [`acknowledgement at ${rate(evenRate)} spans/s`]: latency(even.result),
      'readable after that acknowledgement': `p50 ${percentile(even.visible, 0.5).toFixed(0)} ms, p95 ${percentile(even.visible, 0.95).toFixed(0)} ms (${even.visible.length} probes)`,
      refused: [...full.refused].map(([status, count]) => `${count} × ${status}`).join(', ') || 'none',
      'peak memory': `${(peakRss / 1e6).toFixed(0)} MB`,
      'on disk': `${(diskBytes / sent).toFixed(0)} B/span of ${(full.bytes / full.spans).toFixed(0)} B sent (one request with zstd -3: ${zstdBytesPerSpan(workload).toFixed(0)} B/span)`,
      'acknowledged and stored': `${sent.toLocaleString('en')} and ${stored.toLocaleString('en')}${sent === stored ? '' : '  ← NOT EQUAL'}`,
    });
  } finally {
    await server.stop().catch(() => {});
    await clickhouse?.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The threads with the most processor time per span. */
function byThread(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  spans: number,
): string {
  return [...after]
    .map(([name, seconds]) => ({ name, micros: ((seconds - (before.get(name) ?? 0)) / spans) * 1e6 }))
    .sort((a, b) => b.micros - a.micros)
    .filter(({ micros }) => micros >= 0.5)
    .map(({ name, micros }) => `${name} ${micros.toFixed(1)}`)
    .join(', ');
}

function addressOf({ url, grpcUrl }: ServerProcess) {
  return { url, ...(values.transport === 'grpc' && { grpcUrl }) };
}

/**
 * Sends an even stream, by default at half the measured rate. Only one request at a time is polled until it is readable,
 * so that polling stays cheap.
 */
async function atEvenLoad(server: ServerProcess, workload: Workload, spansPerSecond: number) {
  const visible: number[] = [];
  let probe: Promise<void> | undefined;
  const result = await sendLoad({
    ...addressOf(server),
    workload,
    seconds,
    connections,
    spansPerSecond,
    onAccepted(traceId, acceptedAt) {
      probe ??= untilReadable(server.url, traceId).then(() => {
        visible.push(performance.now() - acceptedAt);
        probe = undefined;
      });
    },
  });
  await probe;
  visible.sort((a, b) => a - b);
  return { result, visible };
}

/** Waits until the API returns the trace. Returns the time in milliseconds. */
async function untilReadable(url: string, traceId: string): Promise<number> {
  const started = performance.now();
  for (;;) {
    const answer = await fetch(`${url}/api/v1/traces/${traceId}`);
    await answer.arrayBuffer();
    if (answer.ok) return performance.now() - started;
    if (performance.now() - started > 300_000)
      throw new Error(`Trace ${traceId} was acknowledged but cannot be read.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
  }
}

/** Waits up to 30 seconds until all sent spans are stored. Returns the number of stored spans. */
async function untilStored(url: string, sent: number): Promise<number> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const stored = await storedSpans(url);
    if (stored >= sent || performance.now() > deadline) return stored;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function storedSpans(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/v1/projects`);
  const { projects } = (await answer.json()) as { projects: { spanCount: number }[] };
  return projects.reduce((total, project) => total + project.spanCount, 0);
}

function zstdBytesPerSpan(workload: Workload): number {
  const [first] = workload.requests;
  if (!first) return Number.NaN;
  return zstdCompressSync(first.stamp(Date.now()).body, { params: { 100: 3 } }).length / first.spans;
}

function rate(value: number): string {
  return Math.round(value).toLocaleString('en');
}

function latency({ latencies }: LoadResult): string {
  return `p50 ${percentile(latencies, 0.5).toFixed(0)} ms, p99 ${percentile(latencies, 0.99).toFixed(0)} ms`;
}

function print(workload: Workload, rows: Readonly<Record<string, string>>): void {
  console.log(`${workload.name}: ${workload.describes}`);
  for (const [label, value] of Object.entries(rows)) console.log(`  ${label.padEnd(44)}${value}`);
  console.log('');
}
