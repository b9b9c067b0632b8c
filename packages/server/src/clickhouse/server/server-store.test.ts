/**
 * The complete server with a ClickHouse server: it behaves as with the embedded store, and survives an outage.
 */

import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawSpan } from '@throughline/spans';
import { eventually } from '@throughline/tests/eventually';
import { waitToPass } from '@throughline/tests/wait-for';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../../config/config.ts';
import { describeTraceChanges } from '../../features/trace-changes.contract.ts';
import type { RunningServer } from '../../main.ts';
import {
  dropFreshDatabases,
  freshDatabase,
  GIVEN_URL,
  startClickHouse,
  type TestClickHouse,
} from '../../testing/clickhouse-server.ts';
import { encodeTracesProtobuf } from '../../testing/otlp/encode-traces.ts';
import { rawSpan } from '../../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';
import { type ClickHouseAddress, parseClickHouseUrl } from './clickhouse-address.ts';

let clickhouse: TestClickHouse | undefined;
beforeAll(async () => {
  if (!GIVEN_URL) clickhouse = await startClickHouse();
});
afterAll(() => (clickhouse ? clickhouse.close() : dropFreshDatabases()));

const servers: RunningServer[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function start(change: Partial<Config> = {}): Promise<RunningServer & { dataDir: string }> {
  const dataDir = change.dataDir ?? (await mkdtemp(join(tmpdir(), 'throughline-server-store-')));
  folders.push(dataDir);
  const server = await startTestServer({ dataDir, config: change });
  servers.push(server);
  return server;
}

const onClickHouse = (): Pick<Config, 'clickhouse'> => ({
  clickhouse: freshDatabase(GIVEN_URL ?? clickhouse?.url ?? ''),
});

async function post(url: string, path: string, body: Uint8Array | string): Promise<Response> {
  const type = typeof body === 'string' ? 'application/json' : 'application/x-protobuf';
  return fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, 'x-throughline-project': 'shop' },
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
}

async function get(url: string, path: string): Promise<unknown> {
  return (await fetch(`${url}${path}`)).json();
}

const EPOCH = 1_795_000_000_000_000_000n;
const id = (number: number, length: number): string => number.toString(16).padStart(length, '0');

/** A trace: a chain with a model call that has a user id, and a tool that failed. */
function trace(number: number): RawSpan[] {
  const traceId = id(number, 32);
  const at = (ms: number) => EPOCH + BigInt(number * 60_000 + ms) * 1_000_000n;
  return [
    rawSpan({
      traceId,
      spanId: id(1, 16),
      name: `answer ${number}`,
      startTimeUnixNano: at(0),
      endTimeUnixNano: at(900),
    }),
    rawSpan({
      traceId,
      spanId: id(2, 16),
      parentSpanId: id(1, 16),
      name: 'chat gpt-4o',
      startTimeUnixNano: at(100),
      endTimeUnixNano: at(800),
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'openai',
        'gen_ai.request.model': 'gpt-4o',
        'gen_ai.usage.input_tokens': 1200,
        'gen_ai.usage.output_tokens': 80,
        'user.id': `user-${number % 3}`,
        'input.value': `Where is order ${number}? \\ 'quoted' 漢字 😀`,
        'output.value': 'On its way.',
      },
    }),
  ];
}

/** Waits until both spans of `trace(number)` can be read. */
const expectTrace = (url: string, number: number) =>
  eventually(`trace ${number}`, () =>
    get(url, `/api/v1/traces/${id(number, 32)}?project=shop`),
  ).toMatchObject({ spanCount: 2 });

test('neither opens the embedded store nor loads its library', async () => {
  const server = await start(onClickHouse());
  expect((await post(server.url, '/v1/traces', encodeTracesProtobuf(trace(1)))).status).toBe(200);
  await expectTrace(server.url, 1);
  expect((await readdir(server.dataDir)).filter((file) => file.startsWith('clickhouse'))).toEqual([]);
  // This file exists on Linux only.
  expect(await readFile('/proc/self/maps', 'utf8').catch(() => '')).not.toContain('libchdb');
});

describe('tags and deletion', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({ config: onClickHouse() });
  });
  afterAll(() => server.stop());
  describeTraceChanges(() => server);
});

/** The responses of the API, without values that depend on the time of the run. */
async function answers(url: string, traces: number): Promise<Record<string, unknown>> {
  const range = 'project=shop&from=2026-11-01T00:00:00Z&to=2026-12-31T00:00:00Z';
  const paths = [
    `/api/v1/traces?${range}`,
    `/api/v1/traces?${range}&limit=3&sort=-costUsd`,
    `/api/v1/traces?${range}&q=${encodeURIComponent('user:user-1 model:gpt-4o')}`,
    `/api/v1/traces?${range}&q=${encodeURIComponent('"order 4"')}`,
    `/api/v1/traces?${range}&q=${encodeURIComponent('status:error OR score.quality<0.5')}`,
    `/api/v1/traces?${range}&q=${encodeURIComponent('kind:nonsense(')}`,
    ...Array.from({ length: traces }, (_, index) => `/api/v1/traces/${id(index + 1, 32)}?project=shop`),
    `/api/v1/traces/${id(4, 32)}/spans/${id(2, 16)}?project=shop`,
    `/api/v1/traces/${id(4, 32)}/spans/${id(99, 16)}?project=shop`,
    `/api/v1/traces/${'f'.repeat(32)}?project=shop`,
    `/api/v1/scores?project=shop&traceId=${id(4, 32)}`,
    `/api/v1/traces/summary?${range}`,
    `/api/v1/traces/${id(5, 32)}/spans/${id(2, 16)}?project=shop`,
    `/api/v1/otel-metrics?${range}`,
    '/api/v1/projects',
  ];
  const found: Record<string, unknown> = {};
  // One after the other: on a busy machine, the last of many reads at once would be refused.
  for (const path of paths) found[path] = withoutTimes(await get(url, path));
  return found;
}

/** Removes times of receipt, which differ between servers. */
function withoutTimes(value: unknown): unknown {
  const text = JSON.stringify(value, (key, each: unknown) => {
    if (/^(createdAt|updatedAt|since|firstTime|lastTime|time)$/.test(key)) return undefined;
    return key === 'nextCursor' && typeof each === 'string' ? positionOf(each) : each;
  });
  return JSON.parse(text) as unknown;
}

/** A cursor without its last part, the time of its first page. */
function positionOf(cursor: string): unknown[] {
  return (JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[]).slice(0, -1);
}

const OTHER_SIGNALS = {
  '/v1/logs': {
    resourceLogs: [
      {
        scopeLogs: [
          {
            logRecords: [
              {
                timeUnixNano: String(EPOCH + 300_200_000_000n),
                traceId: id(5, 32),
                spanId: id(2, 16),
                eventName: 'gen_ai.user.message',
                body: {
                  kvlistValue: { values: [{ key: 'content', value: { stringValue: 'Only told here.' } }] },
                },
              },
            ],
          },
        ],
      },
    ],
  },
  '/v1/metrics': {
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: [
              {
                name: 'gen_ai.client.operation.duration',
                unit: 's',
                histogram: {
                  aggregationTemporality: 2,
                  dataPoints: [
                    {
                      startTimeUnixNano: String(EPOCH),
                      timeUnixNano: String(EPOCH + 60_000_000_000n),
                      attributes: [{ key: 'gen_ai.request.model', value: { stringValue: 'gpt-4o' } }],
                      count: '3',
                      sum: 4.5,
                      bucketCounts: ['3', '0'],
                      explicitBounds: [10],
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
    ],
  },
};

test('traces, spans, lists, scores, logs, metrics and the live tail are the same as with the embedded store', async () => {
  const traces = 8;
  const seen: { tail: unknown[]; answers: Record<string, unknown>; problems: unknown }[] = [];
  for (const change of [{}, onClickHouse()]) {
    const server = await start(change);
    const tail: { name: string }[] = [];
    const watching = new AbortController();
    const live = await fetch(`${server.url}/api/v1/live?project=shop`, { signal: watching.signal });
    const told = (async () => {
      for await (const { type, data } of serverSentEvents(live)) {
        expect(type).not.toBe('lagged');
        if (type === 'spans') tail.push(...(JSON.parse(data) as { spans: { name: string }[] }).spans);
      }
    })().catch((error: unknown) => {
      if (!watching.signal.aborted) throw error;
    });
    for (let number = 1; number <= traces; number++) {
      const body = encodeTracesProtobuf(trace(number));
      expect((await post(server.url, '/v1/traces', body)).status).toBe(200);
    }
    // Sending the same spans again changes nothing.
    expect((await post(server.url, '/v1/traces', encodeTracesProtobuf(trace(4)))).status).toBe(200);
    expect(
      (await post(server.url, '/v1/traces', encodeTracesProtobuf([rawSpan({ spanId: '' })]))).status,
    ).toBe(200);
    for (const [path, body] of Object.entries(OTHER_SIGNALS))
      expect((await post(server.url, path, JSON.stringify(body))).status).toBe(200);
    const score = {
      traceId: id(4, 32),
      spanId: id(2, 16),
      name: 'quality',
      value: 0.25,
      comment: "can't say",
    };
    const scored = await post(server.url, '/api/v1/scores?project=shop', JSON.stringify([score]));
    expect(scored.status).toBe(200);
    await waitToPass('all rows and live events', async () => {
      const [row] = await server.engine.query(
        'SELECT (SELECT uniqExact(trace_id, span_id) FROM spans) AS spans, (SELECT count() FROM scores) AS scores, (SELECT count() FROM logs) AS logs, (SELECT count() FROM metrics) AS metrics',
      );
      expect(row).toEqual({ spans: String(traces * 2), scores: '1', logs: '1', metrics: '1' });
      expect(tail.length).toBeGreaterThanOrEqual(traces * 2 + 2);
    });
    seen.push({
      tail: tail.map((span) => JSON.stringify(span)).sort(),
      answers: await answers(server.url, traces),
      problems: withoutTimes(await get(server.url, '/api/v1/ingest/problems?project=shop')),
    });
    watching.abort();
    await told;
    await server.stop();
  }
  const [embedded, remote] = seen;
  expect(remote).toEqual(embedded);
  // The responses contain the expected data.
  expect(embedded?.tail).toHaveLength(traces * 2 + 2);
  const list = Object.values(embedded?.answers ?? {})[0] as { traces: unknown[] };
  expect(list.traces).toHaveLength(traces);
  for (const text of ['漢字 😀', 'Only told here.', 'gen_ai.client.operation.duration'])
    expect(JSON.stringify(embedded?.answers)).toContain(text);
});

/** Yields the type and the data of each event. */
async function* serverSentEvents(response: Response): AsyncGenerator<{ type: string; data: string }> {
  let text = '';
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const event = text.slice(0, end);
      const [type, data] = ['event', 'data'].map(
        (field) => new RegExp(`^${field}: (.*)$`, 'm').exec(event)?.[1],
      );
      text = text.slice(end + 2);
      if (type !== undefined && data !== undefined) yield { type, data };
    }
  }
}

const span = (name: string, number: number): RawSpan =>
  rawSpan({
    traceId: id(number + 1, 32),
    spanId: id(1, 16),
    name,
    startTimeUnixNano: EPOCH + BigInt(number),
    endTimeUnixNano: EPOCH + BigInt(number + 1000),
  });

async function figure(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

test('the start fails with the version if the server is too old, and releases the data folder', async () => {
  const old = createServer((_request, response) => response.end('[{"version":"25.8.3.66","databases":"1"}]'));
  await once(old.listen(0, '127.0.0.1'), 'listening');
  const { port } = old.address() as AddressInfo;
  const clickhouse = parseClickHouseUrl(`http://127.0.0.1:${port}`);
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-server-store-'));
  for (let turn = 0; turn < 2; turn++)
    await expect(start({ clickhouse, dataDir })).rejects.toThrow(
      'The ClickHouse server has version 25.8.3.66; Throughline needs 25.12 or newer.',
    );
  old.closeAllConnections();
  old.close();
});

test('/readyz reports a wrong password, and spans are still accepted', async () => {
  const address = onClickHouse().clickhouse as ClickHouseAddress;
  const server = await start({ clickhouse: { ...address, user: 'nobody', password: 'secret' } });
  expect((await post(server.url, '/v1/traces', encodeTracesProtobuf(trace(1)))).status).toBe(200);
  const ready = await fetch(`${server.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    503,
    { status: 'unavailable', store: 'The ClickHouse server rejects the user or the password.' },
  ]);
  await server.stop();
  const right = await start({ clickhouse: address, dataDir: server.dataDir });
  await expectTrace(right.url, 1);
});

describe.skipIf(GIVEN_URL)('an outage of the ClickHouse server', () => {
  const store = () => clickhouse as TestClickHouse;
  const read = (url: string) => fetch(`${url}/api/v1/traces?project=shop`);

  test('loses and duplicates no acknowledged span, and is reported to readers', async () => {
    const server = await start(onClickHouse());
    const acknowledged: string[] = [];
    let sending = true;
    const clients = Array.from({ length: 3 }, async (_, client) => {
      for (let count = 0; sending; count++) {
        const name = `${client}.${count}`;
        const body = encodeTracesProtobuf([span(name, client * 1_000_000 + count)]);
        expect((await post(server.url, '/v1/traces', body)).status).toBe(200);
        acknowledged.push(name);
      }
    });
    const more = (count: number) => {
      const enough = acknowledged.length + count;
      return eventually('the acknowledged spans', () => acknowledged.length).toBeGreaterThan(enough);
    };
    await more(200);
    await eventually('the status of a read', async () => (await read(server.url)).status).toBe(200);

    await store().kill();
    await more(300);
    const refused = await read(server.url);
    expect([refused.status, refused.headers.get('retry-after'), await refused.json()]).toEqual([
      503,
      '10',
      {
        type: '/docs/errors#store-unavailable',
        title: 'The store cannot be reached',
        status: 503,
        code: 'store-unavailable',
        detail: 'The store cannot be reached.',
        advice: 'Data is still accepted and kept on disk; it is readable once the store is back.',
      },
    ]);
    const ready = await fetch(`${server.url}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([
      503,
      { status: 'unavailable', store: 'The ClickHouse server cannot be reached.' },
    ]);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await waitToPass('the metrics of an outage', async () => {
      expect(await figure(server.url, 'throughline_load_errors_total')).toBeGreaterThan(0);
      expect(await figure(server.url, 'throughline_journal_bytes')).toBeGreaterThan(10_000);
      expect(await figure(server.url, 'throughline_journal_oldest_row_age_seconds')).toBeGreaterThan(0.5);
    });

    await store().start();
    await more(100);
    sending = false;
    await Promise.all(clients);
    await eventually('the bytes of the journal', () => figure(server.url, 'throughline_journal_bytes')).toBe(
      0,
    );
    const rows = await server.engine.query<{ name: string }>('SELECT name FROM spans ORDER BY name');
    expect(rows.map(({ name }) => name)).toEqual([...acknowledged].sort());
    expect(await server.engine.query('SELECT count() AS n FROM payloads')).toEqual([
      { n: String(acknowledged.length) },
    ]);
    expect((await read(server.url)).status).toBe(200);
    expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  });

  test('leads to a Retry-After for senders only once the journal is full', async () => {
    const server = await start({ ...onClickHouse(), maxJournalBytes: 20_000 });
    await store().kill();
    const answers: Response[] = [];
    for (let number = 0; answers.at(-1)?.status !== 503; number++)
      answers.push(
        await post(server.url, '/v1/traces', encodeTracesProtobuf([span(`full ${number}`, number)])),
      );
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.at(-1)?.headers.get('retry-after')).toMatch(/^[23]$/);
    await store().start();
    await eventually('the status of another request', async () => {
      const again = await post(server.url, '/v1/traces', encodeTracesProtobuf([span('again', 9_999)]));
      return again.status;
    }).toBe(200);
    await eventually('the rows', () =>
      server.engine.query('SELECT count() AS n, uniqExact(name) AS names FROM spans'),
    ).toEqual([{ n: String(answers.length), names: String(answers.length) }]);
  });

  test('an outage at the start is waited for, even across a restart of this server', async () => {
    const change = onClickHouse();
    await store().kill();
    const first = await start(change);
    expect((await post(first.url, '/v1/traces', encodeTracesProtobuf(trace(1)))).status).toBe(200);
    expect((await read(first.url)).status).toBe(503);
    await first.stop();
    const second = await start({ ...change, dataDir: first.dataDir });
    expect((await post(second.url, '/v1/traces', encodeTracesProtobuf(trace(2)))).status).toBe(200);
    expect(await (await fetch(`${second.url}/readyz`)).json()).toMatchObject({
      store: 'The ClickHouse server cannot be reached.',
    });
    await store().start();
    for (const number of [1, 2]) await expectTrace(second.url, number);
  });

  test('if the tables are lost, they are created again and later spans are stored', async () => {
    const change = onClickHouse();
    const server = await start(change);
    const { engine } = server;
    await engine.command(`DROP DATABASE ${change.clickhouse?.database} SYNC`);
    expect((await post(server.url, '/v1/traces', encodeTracesProtobuf(trace(3)))).status).toBe(200);
    await expectTrace(server.url, 3);
  });
});
