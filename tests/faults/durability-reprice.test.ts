/** `kill -9` while the costs of stored spans are computed again: the next start goes on, and every span is counted once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RepriceJob } from '../../packages/server/src/contract/reprice-job.ts';
import { encodeTracesProtobuf } from '../../packages/server/src/testing/otlp/encode-traces.ts';
import { rawSpan } from '../../packages/server/src/testing/raw-span.ts';
import { pause } from '../support/pause.ts';
import { waitFor } from '../support/wait-for.ts';
import { killServers, type ServerProcess, spawnServer } from './server-process.ts';

const TRACES = 12_000;
const SPANS_OF_A_TRACE = 2;
const SPANS = TRACES * SPANS_OF_A_TRACE;
/** Spans of a request; all spans of a trace are in one. */
const BATCH = 2_000;
const KILLS = 4;
const START_NS = 1_795_000_000_000_000_000n;

let dataDir: string;
let server: ServerProcess;
let url: string;

async function start(): Promise<void> {
  server = spawnServer(dataDir);
  ({ url } = await server.listening);
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'throughline-reprice-'));
  await start();
});
afterAll(async () => {
  await killServers();
  await rm(dataDir, { recursive: true, force: true });
});

async function api<Body>(method: string, path: string, body?: unknown): Promise<Body> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Body;
}

/** A call of 1,000 tokens. Traces start a tenth of a second apart, so the minutes have different numbers of spans. */
function modelCall(trace: number, span: number) {
  const startTimeUnixNano = START_NS + BigInt(trace) * 100_000_000n;
  return rawSpan({
    traceId: (trace + 1).toString(16).padStart(32, '0'),
    spanId: (span + 1).toString(16).padStart(16, '0'),
    startTimeUnixNano,
    endTimeUnixNano: startTimeUnixNano + 1000n,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': 'acme',
      'gen_ai.response.id': `response-${trace}-${span}`,
      'gen_ai.usage.input_tokens': 1000n,
      'gen_ai.usage.output_tokens': 0n,
    },
  });
}

async function send(from: number, to: number): Promise<void> {
  for (let trace = from; trace < to; trace += BATCH / SPANS_OF_A_TRACE) {
    const traces = Array.from(
      { length: Math.min(BATCH / SPANS_OF_A_TRACE, to - trace) },
      (_, index) => trace + index,
    );
    const spans = traces.flatMap((each) =>
      Array.from({ length: SPANS_OF_A_TRACE }, (_, span) => modelCall(each, span)),
    );
    const headers = { 'content-type': 'application/x-protobuf' };
    const body = new Uint8Array(encodeTracesProtobuf(spans));
    const response = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  }
}

const totals = () =>
  api<{ traces: number; costUsd: number | null; unpricedCalls: number }>('GET', '/traces/summary?buckets=1');

it('a run that is killed several times changes and counts every span exactly once', async () => {
  await send(0, TRACES);
  await waitFor('all traces to be listed', async () => (await totals()).traces === TRACES);
  await api('POST', '/prices', { model: 'acme', usdPerMillion: { input: 2, output: 0 } });
  const { id } = await api<RepriceJob>('POST', '/reprice-jobs', {});
  const read = () => api<RepriceJob>('GET', `/reprice-jobs/${id}`);

  let done = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    const job = await waitFor('progress of the run', async () => {
      const now = await read();
      return now.spansDone > done || now.state !== 'running' ? now : undefined;
    });
    if (job.state !== 'running') break;
    done = job.spansDone;
    // Windows take tens of milliseconds, so these moments fall before, into and after the writing of one.
    await pause(kill * 25);
    await server.kill();
    await start();
    // Further calls arrive while the run goes on. They have the new price already.
    await send(TRACES + kill * 50, TRACES + (kill + 1) * 50);
  }
  expect(done).toBeGreaterThan(0);
  const job = await waitFor('the end of the run', async () => {
    const now = await read();
    return now.state === 'running' ? undefined : now;
  });
  const { spansDone, spansChanged, costBeforeUsd, costAfterUsd, models } = job;
  expect({ state: job.state, error: job.error, spansChanged }).toEqual({
    state: 'done',
    error: null,
    spansChanged: SPANS,
  });
  expect(costBeforeUsd).toBeCloseTo((spansDone - SPANS) * 0.002, 9);
  expect(costAfterUsd).toBeCloseTo(spansDone * 0.002, 9);
  expect(models).toMatchObject([{ model: 'acme', spans: spansDone, newlyPriced: SPANS, noLongerPriced: 0 }]);
  const expected = await waitFor('the traces that arrived later', async () => {
    const now = await totals();
    return now.traces >= TRACES + 50 && (now.traces - TRACES) % 50 === 0 ? now : undefined;
  });
  expect(expected.unpricedCalls).toBe(0);
  expect(expected.costUsd).toBeCloseTo(expected.traces * SPANS_OF_A_TRACE * 0.002, 9);
});
