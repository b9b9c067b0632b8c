import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { eventually } from '@throughline/tests/eventually';
import { pause } from '@throughline/tests/pause';
import { waitToPass } from '@throughline/tests/wait-for';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { encodeTracesProtobuf } from '../testing/otlp/encode-traces.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';
import { createServerMetrics, type ServerMetrics } from './server-metrics.ts';

/** Parses the output to a map such as `name{label="value"}` → value. */
function parse(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

describe('the metrics of the server', () => {
  let metrics: ServerMetrics;
  beforeEach(() => {
    metrics = createServerMetrics();
  });
  afterEach(() => metrics.close());

  test('are exactly those that docs/operations.md lists', async () => {
    const page = await readFile(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
    const [, table = ''] = /^## Metrics$(.*?)^### /ms.exec(page) ?? [];
    const names = [...table.matchAll(/^\| (`[^|]*)\|/gm)].map(([, cell = '']) => cell);
    const listed = names.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, name]) => name));
    metrics.watch({
      admission: { bytes: 0, maxBytes: 1, waiting: 0 },
      readAdmission: { reading: 0, waiting: 0, answerBytes: 0, refused: 0 },
      pool: { queueSize: 0 },
      liveStreams: { count: 0, bytes: 0 },
      damage: { parts: [], rows: 0 },
      journal: {
        sizeBytes: 0,
        maxBytes: 1,
        oldestRowUnixMs: undefined,
        recovery: { quarantinedBytes: 0, truncatedBytes: 0 },
      },
    });
    const told = [...(await metrics.print()).matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name);
    expect(listed.toSorted()).toEqual(told.toSorted());
  });

  test('count failures separately from successes', async () => {
    metrics.onCommit({ requests: 2, bytes: 300, durationMs: 4, failed: false });
    metrics.onCommit({ requests: 1, bytes: 900, durationMs: 9000, failed: true });
    metrics.onLoad({ table: 'spans', rows: 7, durationMs: 30, failed: false });
    metrics.onLoad({ table: 'spans', rows: 5, durationMs: 30_000, failed: true });
    const figures = parse(await metrics.print());
    expect(figures.get('throughline_journal_commit_seconds_count')).toBe(1);
    expect(figures.get('throughline_journal_commit_seconds_bucket{le="0.0025"}')).toBe(0);
    expect(figures.get('throughline_journal_commit_seconds_bucket{le="0.005"}')).toBe(1);
    expect(figures.get('throughline_journal_committed_bytes_total')).toBe(300);
    expect(figures.get('throughline_journal_commit_errors_total')).toBe(1);
    expect(figures.get('throughline_load_rows_total{table="spans"}')).toBe(7);
    expect(figures.get('throughline_load_seconds_sum{table="spans"}')).toBe(0.03);
    expect(figures.get('throughline_load_errors_total{table="spans"}')).toBe(1);
  });

  test('read gauges at each request', async () => {
    const admission = { bytes: 10, maxBytes: 100, waiting: 3 };
    const pool = { queueSize: 0 };
    let oldestRowUnixMs: number | undefined;
    const journal = {
      sizeBytes: 5,
      maxBytes: 50,
      get oldestRowUnixMs() {
        return oldestRowUnixMs;
      },
      recovery: { quarantinedBytes: 7, truncatedBytes: 5 },
    };
    const liveStreams = { count: 2, bytes: 40 };
    const readAdmission = { reading: 4, waiting: 9, answerBytes: 1000, refused: 2 };
    metrics.watch({
      admission,
      readAdmission,
      pool,
      journal,
      liveStreams,
      damage: { parts: ['one', 'two'], rows: 30 },
    });
    let figures = parse(await metrics.print());
    expect(figures.get('throughline_in_flight_bytes')).toBe(10);
    expect(figures.get('throughline_journal_oldest_row_age_seconds')).toBe(0);
    expect(figures.get('throughline_last_load_timestamp_seconds')).toBe(0);
    admission.bytes = 20;
    pool.queueSize = 3;
    oldestRowUnixMs = Date.now() - 5000;
    figures = parse(await metrics.print());
    expect(figures.get('throughline_in_flight_bytes')).toBe(20);
    expect(figures.get('throughline_in_flight_limit_bytes')).toBe(100);
    expect(figures.get('throughline_worker_queue')).toBe(3);
    expect(figures.get('throughline_journal_bytes')).toBe(5);
    expect(figures.get('throughline_journal_quarantined_bytes')).toBe(7);
    expect(figures.get('throughline_journal_cut_tail_bytes')).toBe(5);
    expect(figures.get('throughline_journal_limit_bytes')).toBe(50);
    expect(figures.get('throughline_reads')).toBe(4);
    expect(figures.get('throughline_waiting_reads')).toBe(9);
    expect(figures.get('throughline_unsent_answer_bytes')).toBe(1000);
    expect(figures.get('throughline_refused_reads_total')).toBe(2);
    expect(figures.get('throughline_live_streams')).toBe(2);
    expect(figures.get('throughline_store_damaged_parts')).toBe(2);
    expect(figures.get('throughline_store_damaged_rows')).toBe(30);
    expect(figures.get('throughline_live_buffered_bytes')).toBe(40);
    const age = figures.get('throughline_journal_oldest_row_age_seconds') as number;
    expect(age).toBeGreaterThanOrEqual(5);
    expect(age).toBeLessThan(60);
  });

  test('measure a blocked event loop', async () => {
    // The lag is measured by a timer that has to fire before and after the loop is blocked. Timers fire in the order in
    // which they are due, and this one is due later.
    const tick = () => pause(60);
    await tick();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
    await tick();
    const lag = parse(await metrics.print()).get('nodejs_eventloop_lag_max_seconds');
    expect(lag).toBeGreaterThan(0.1);
  });
});

describe('GET /metrics', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ config: { maxBodyBytes: 100_000, maxInFlightBytes: 200_000 } });
  });
  afterAll(() => server.stop());

  async function figures(): Promise<Map<string, number>> {
    const response = await fetch(`${server.url}/metrics`);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
    ]);
    return parse(await response.text());
  }

  /** Runs `run` and returns a function with the increase of each metric. */
  async function growth(run: () => Promise<unknown>): Promise<(name: string) => number> {
    const before = await figures();
    await run();
    const after = await figures();
    return (name) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  }

  const post = async (path: string, body: Uint8Array | string, type = 'application/x-protobuf') => {
    const headers = { 'content-type': type };
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    await response.arrayBuffer();
    return response.status;
  };

  test('counts spans as accepted or by rejection reason, with the size of their request', async () => {
    const body = encodeTracesProtobuf([
      rawSpan({ spanId: '1'.repeat(16) }),
      rawSpan({ spanId: '2'.repeat(16) }),
      rawSpan({ spanId: '' }),
      rawSpan({ startTimeUnixNano: 0n }),
    ]);
    const grew = await growth(async () => expect(await post('/v1/traces', body)).toBe(200));
    expect(grew('throughline_requests_total{signal="traces",transport="http",status="200"}')).toBe(1);
    expect(grew('throughline_records_accepted_total{signal="traces"}')).toBe(2);
    expect(grew('throughline_records_rejected_total{signal="traces",reason="invalid-span-id"}')).toBe(1);
    expect(grew('throughline_records_rejected_total{signal="traces",reason="missing-start-time"}')).toBe(1);
    expect(grew('throughline_request_body_bytes_sum{signal="traces"}')).toBe(body.length);
    expect(grew('throughline_request_work_seconds_count{signal="traces"}')).toBe(1);
    expect(grew('throughline_request_work_seconds_sum{signal="traces"}')).toBeGreaterThan(0);
    expect(grew('throughline_journal_commit_seconds_count')).toBe(1);
    expect(grew('throughline_journal_committed_bytes_total')).toBeGreaterThan(100);
  });

  test('counts loaded rows, and shows an empty journal afterwards', async () => {
    const before = await figures();
    const sentAt = Date.now();
    await server.send('loads', [rawSpan({ spanId: '3'.repeat(16) }), rawSpan({ spanId: '4'.repeat(16) })]);
    await waitToPass('the load', async () => {
      const after = await figures();
      const grew = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
      expect(grew('throughline_load_rows_total{table="spans"}')).toBeGreaterThanOrEqual(2);
      expect(grew('throughline_load_rows_total{table="payloads"}')).toBeGreaterThanOrEqual(2);
      expect(grew('throughline_load_seconds_count{table="spans"}')).toBeGreaterThanOrEqual(1);
      expect(after.get('throughline_journal_bytes')).toBe(0);
      expect(after.get('throughline_journal_oldest_row_age_seconds')).toBe(0);
      const last = after.get('throughline_last_load_timestamp_seconds') as number;
      expect(last * 1000).toBeGreaterThanOrEqual(sentAt);
      expect(last * 1000).toBeLessThanOrEqual(Date.now());
    });
  });

  test('counts rejected requests of each signal by status', async () => {
    const grew = await growth(async () => {
      expect(await post('/v1/logs', '{', 'application/json')).toBe(400);
      expect(await post('/v1/metrics', 'x'.repeat(100_001))).toBe(413);
      expect(await post('/v1/traces', 'x', 'text/csv')).toBe(415);
    });
    expect(grew('throughline_requests_total{signal="logs",transport="http",status="400"}')).toBe(1);
    expect(grew('throughline_requests_total{signal="metrics",transport="http",status="413"}')).toBe(1);
    expect(grew('throughline_requests_total{signal="traces",transport="http",status="415"}')).toBe(1);
    expect(grew('throughline_request_body_bytes_count{signal="logs"}')).toBe(0);
  });

  test('counts gRPC calls by the name of their status', async () => {
    const client = new Client(new URL(server.grpcUrl).host, credentials.createInsecure());
    const asIs = (bytes: Buffer): Buffer => bytes;
    const call = (body: Uint8Array) =>
      new Promise<number>((resolve) =>
        client.makeUnaryRequest(
          '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
          asIs,
          asIs,
          Buffer.from(body),
          new Metadata(),
          (error) => resolve(error?.code ?? 0),
        ),
      );
    const grew = await growth(async () => {
      expect(await call(encodeTracesProtobuf([rawSpan({ spanId: '5'.repeat(16) })]))).toBe(0);
      expect(await call(Buffer.from('no protobuf'))).toBe(3);
      expect(await call(Buffer.alloc(100_001))).toBe(8);
    });
    client.close();
    expect(grew('throughline_requests_total{signal="traces",transport="grpc",status="OK"}')).toBe(1);
    expect(
      grew('throughline_requests_total{signal="traces",transport="grpc",status="INVALID_ARGUMENT"}'),
    ).toBe(1);
    expect(
      grew('throughline_requests_total{signal="traces",transport="grpc",status="RESOURCE_EXHAUSTED"}'),
    ).toBe(1);
    expect(grew('throughline_records_accepted_total{signal="traces"}')).toBe(1);
  });

  test('shows the size of a request in progress until it ends', async () => {
    const slow = connect(Number(new URL(server.url).port), '127.0.0.1');
    slow.write(
      'POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 90000\r\n\r\n{',
    );
    const inFlight = async () => (await figures()).get('throughline_in_flight_bytes');
    await eventually('the bytes in flight', inFlight).toBe(90_000);
    const aborted = 'throughline_requests_total{signal="traces",transport="http",status="aborted"}';
    const problems = async () => (await fetch(`${server.url}/api/v1/ingest/problems?project=any`)).json();
    const before = await problems();
    slow.destroy();
    await eventually('the bytes in flight', inFlight).toBe(0);
    // A client that disconnects has not made an error.
    await eventually('the aborted requests', async () => (await figures()).get(aborted)).toBe(1);
    expect(await problems()).toEqual(before);
  });

  test('contains metrics of the process and the limits', async () => {
    const now = await figures();
    expect(now.get('process_resident_memory_bytes')).toBeGreaterThan(10e6);
    expect(now.get('nodejs_heap_size_used_bytes')).toBeGreaterThan(1e6);
    expect(now.get('process_start_time_seconds')).toBeLessThan(Date.now() / 1000);
    expect(now.get('throughline_in_flight_limit_bytes')).toBe(200_000);
    expect(now.get('throughline_worker_queue')).toBe(0);
  });

  test('has no labels with values of senders', async () => {
    await post('/v1/traces', encodeTracesProtobuf([rawSpan({ name: 'unheard-of', spanId: '6'.repeat(16) })]));
    await server.send('a-project-of-its-own', [rawSpan({ spanId: '7'.repeat(16) })]);
    const text = await (await fetch(`${server.url}/metrics`)).text();
    expect(text).not.toMatch(/unheard-of|a-project-of-its-own/);
    const labels = new Set([...text.matchAll(/[{,](\w+)="/g)].map(([, label]) => label));
    expect([...labels].sort()).toEqual(['le', 'reason', 'signal', 'status', 'table', 'transport']);
  });

  test('cannot be read by pages of other sites whose host name resolves to this machine', async () => {
    const { status } = await new Promise<{ status: string }>((resolve, reject) => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
      socket.once('data', (data) => {
        resolve({ status: String(data).split('\r\n')[0] ?? '' });
        socket.destroy();
      });
      socket.once('error', reject);
      socket.write('GET /metrics HTTP/1.1\r\nhost: rebound.example\r\n\r\n');
    });
    expect(status).toBe('HTTP/1.1 403 Forbidden');
  });
});
