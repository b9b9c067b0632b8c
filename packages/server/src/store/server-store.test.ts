/**
 * The whole server on a ClickHouse server: it answers as it does on the embedded store, and outlives an outage.
 */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RawSpan } from '@throughline/spans';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Config, readConfig } from '../config.ts';
import { type RunningServer, startServer } from '../main.ts';
import { rawSpan } from '../query/testing/raw-span.ts';
import { encodeTracesProtobuf } from '../receive/otlp/testing/encode-traces.ts';
import {
  freshDatabase,
  GIVEN_URL,
  startClickHouse,
  type TestClickHouse,
} from './testing/clickhouse-server.ts';

let clickhouse: TestClickHouse | undefined;
beforeAll(async () => {
  if (!GIVEN_URL) clickhouse = await startClickHouse();
});
afterAll(() => clickhouse?.close());

const servers: RunningServer[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

async function start(change: Partial<Config> = {}): Promise<RunningServer & { dataDir: string }> {
  const dataDir = change.dataDir ?? (await mkdtemp(join(tmpdir(), 'throughline-server-store-')));
  folders.push(dataDir);
  const config = { ...readConfig({}, { data: dataDir, port: 0 }), workers: 1, ...change };
  const server = await startServer(config, pino({ level: 'silent' }));
  servers.push(server);
  return { ...server, dataDir };
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

/** One trace: a chain, a model call in it that names its user, a tool that failed. */
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

test('the server opens no store of its own, and its folder holds the journal and the lock alone', async () => {
  const server = await start(onClickHouse());
  expect((await post(server.url, '/v1/traces', encodeTracesProtobuf(trace(1)))).status).toBe(200);
  await vi.waitFor(async () => {
    expect(await get(server.url, `/api/v1/traces/${id(1, 32)}?project=shop`)).toMatchObject({ spanCount: 2 });
  });
  expect((await readdir(server.dataDir)).sort()).toEqual(['journal', 'throughline.lock']);
});
