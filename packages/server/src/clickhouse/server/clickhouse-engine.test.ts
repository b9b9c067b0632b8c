import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@throughline/tests/eventually';
import { pause } from '@throughline/tests/pause';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { SCHEMA_FOLDER } from '../../tables/schema-folder.ts';
import {
  dropFreshDatabases,
  freshDatabase,
  GIVEN_URL,
  startClickHouse,
  type TestClickHouse,
} from '../../testing/clickhouse-server.ts';
import { describeEngine } from '../engine.contract.ts';
import type { Engine } from '../engine.ts';
import { readMigrations } from '../migrate.ts';
import { QueryError } from '../query-error.ts';
import { parseClickHouseUrl } from './clickhouse-address.ts';
import { openClickHouseEngine } from './clickhouse-engine.ts';
import { isSupportedVersion, prepareClickHouse } from './prepare-clickhouse.ts';

let server: TestClickHouse | undefined;
let folder: string;
beforeAll(async () => {
  if (!GIVEN_URL) server = await startClickHouse();
  folder = await mkdtemp(join(tmpdir(), 'throughline-clickhouse-test-'));
});
afterAll(async () => {
  for (const engine of engines) await engine.close();
  if (GIVEN_URL) await dropFreshDatabases();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

const serverUrl = (): string => GIVEN_URL ?? server?.url ?? '';
const engines: Engine[] = [];
function open(address: Parameters<typeof openClickHouseEngine>[0]): Engine {
  const engine = openClickHouseEngine(address);
  engines.push(engine);
  return engine;
}

async function openOnFreshDatabase(): Promise<Engine> {
  const address = freshDatabase(serverUrl());
  await open({ ...address, database: 'default' }).command(`CREATE DATABASE ${address.database}`);
  return openClickHouseEngine(address);
}

describeEngine('A ClickHouse server', openOnFreshDatabase);

async function errorOf(promise: Promise<unknown>): Promise<Pick<QueryError, 'reason' | 'message'>> {
  const error = await promise.catch((caught: unknown) => caught);
  if (!(error instanceof QueryError)) throw error;
  return { reason: error.reason, message: error.message };
}

const AWAY = { reason: 'unavailable', message: 'The ClickHouse server cannot be reached.' };

describe('a server is unavailable, with the reason in the message, if', () => {
  it('nothing listens at its address', async () => {
    const engine = open(parseClickHouseUrl('http://127.0.0.1:9'));
    const path = join(folder, 'x.rb');
    await writeFile(path, Buffer.from([1]));
    const file = { table: 't', path, bytes: 1, rows: 1, structure: 'a UInt8', token: 't' };
    expect(await errorOf(engine.query('SELECT 1'))).toEqual(AWAY);
    expect(await errorOf(engine.command('SELECT 1'))).toEqual(AWAY);
    expect(await errorOf(engine.load(file))).toEqual(AWAY);
    expect(await errorOf(engine.queryFile(file, 'SELECT * FROM segment'))).toEqual(AWAY);
  });

  it('its name is unknown', async () => {
    expect(await errorOf(open(parseClickHouseUrl('http://nobody.invalid')).query('SELECT 1'))).toEqual(AWAY);
  });

  it('it rejects the user', async () => {
    const engine = open({ ...parseClickHouseUrl(serverUrl()), user: 'nobody', password: 'secret' });
    expect(await errorOf(engine.query('SELECT 1'))).toEqual({
      reason: 'unavailable',
      message: 'The ClickHouse server rejects the user or the password.',
    });
  });

  it('the database does not exist', async () => {
    expect(await errorOf(open(freshDatabase(serverUrl())).query('SELECT 1'))).toEqual({
      reason: 'unavailable',
      message: 'The ClickHouse server has no such database.',
    });
  });

  it.each([
    ['a proxy answers instead', 502, '<html>Bad gateway</html>'],
    ['a load balancer has no server', 503, ''],
  ])('%s', async (_what, status, body) => {
    const proxy = createServer((_request, response) => response.writeHead(status).end(body)).listen(
      0,
      '127.0.0.1',
    );
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;
    expect(await errorOf(open(parseClickHouseUrl(`http://127.0.0.1:${port}`)).query('SELECT 1'))).toEqual(
      AWAY,
    );
    proxy.close();
  });

  it('it accepts requests and never answers', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const engine = open(parseClickHouseUrl(`http://127.0.0.1:${port}`));
    expect(await errorOf(engine.query('SELECT 1', {}, { maxSeconds: 0.1 }))).toEqual(AWAY);
    silent.closeAllConnections();
    silent.close();
  });
});

test.each([
  ['25.12.1.5', true],
  ['26.1.1.1', true],
  ['26.7.2.1', true],
  ['25.11.9.9', false],
  ['25.8.1.1', false],
  ['', false],
])('version %s is supported: %s', (version, supported) => {
  expect(isSupportedVersion(version)).toBe(supported);
});

test('a server that is too old is rejected with its version', async () => {
  const old = createServer((_request, response) =>
    response.end('[{"version":"25.8.3.66","databases":"1"}]'),
  ).listen(0, '127.0.0.1');
  await once(old, 'listening');
  const address = parseClickHouseUrl(`http://127.0.0.1:${(old.address() as AddressInfo).port}`);
  await expect(prepareClickHouse(open(address), address, { migrations: [], tables: [] })).rejects.toThrow(
    'The ClickHouse server has version 25.8.3.66; Throughline needs 25.12 or newer.',
  );
  old.closeAllConnections();
  old.close();
});

test('several processes can prepare the server at once, which creates the database and tables with durable loads', async () => {
  const address = freshDatabase(serverUrl());
  const engine = open(address);
  const migrations = await readMigrations(SCHEMA_FOLDER);
  const prepare = () => prepareClickHouse(engine, address, { migrations, tables: ['spans', 'scores'] });
  await Promise.all([prepare(), prepare(), prepare()]);
  await prepare();
  expect(
    await engine.query(
      `SELECT name, engine_full LIKE '%fsync_after_insert = 1, fsync_part_directory = 1%' AS synced FROM system.tables
       WHERE database = currentDatabase() ORDER BY name`,
    ),
  ).toEqual([
    { name: 'logs', synced: 0 },
    { name: 'metrics', synced: 0 },
    { name: 'migrations', synced: 0 },
    { name: 'payloads', synced: 0 },
    { name: 'score_starts', synced: 0 },
    { name: 'scores', synced: 1 },
    { name: 'spans', synced: 1 },
    { name: 'trace_tags', synced: 0 },
    { name: 'traces', synced: 0 },
  ]);
});

test('rows that a suspended process appends to a file after it was taken over are not loaded', async () => {
  const engine = await openOnFreshDatabase();
  engines.push(engine);
  await engine.command('CREATE TABLE taken (id UInt8) ENGINE = MergeTree ORDER BY id');
  const path = join(folder, 'taken.rb');
  await writeFile(path, Buffer.from([1, 2, 3, 1, 2, 3]));
  const file = { table: 'taken', path, bytes: 3, rows: 3, structure: 'id UInt8', token: 'taken' };
  expect(await engine.queryFile(file, 'SELECT id FROM segment')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
  await engine.load(file);
  expect(await engine.query('SELECT id FROM taken ORDER BY id')).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
});

test('queries end on the server when the process that sent them is killed', async () => {
  const engine = await openOnFreshDatabase();
  engines.push(engine);
  const marker = `orphan_${process.pid}_${Date.now()}`;
  const running = async () => {
    const [row] = await engine.query<{ n: string }>(
      'SELECT count() AS n FROM system.processes WHERE position(query, {marker:String}) > 0 AND query_id != queryID()',
      { marker },
    );
    return Number(row?.n);
  };
  const program = `
    const { openClickHouseEngine } = await import(${JSON.stringify(new URL('./clickhouse-engine.ts', import.meta.url).href)});
    const engine = openClickHouseEngine(${JSON.stringify({ ...parseClickHouseUrl(serverUrl()), database: 'default' })});
    await engine.query('SELECT count() AS ${marker} FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))', {}, { maxSeconds: 50 });`;
  const child = spawn(process.execPath, [
    '--conditions=throughline-source',
    '--input-type=module',
    '-e',
    program,
  ]);
  await eventually('the running queries', running).toBe(1);
  child.kill('SIGKILL');
  await eventually('the running queries', running).toBe(0);
});

describe.skipIf(GIVEN_URL)('a server that is killed', () => {
  it('a server killed in the middle of a load has every row once after the load is repeated', async () => {
    const engine = await openOnFreshDatabase();
    engines.push(engine);
    await engine.command(
      `CREATE TABLE killed (id UInt64, name String) ENGINE = MergeTree ORDER BY id
       SETTINGS non_replicated_deduplication_window = 100`,
    );
    const rows = 3_000_000;
    const bytes = Buffer.alloc(rows * 9);
    for (let index = 0; index < rows; index += 1) bytes.writeUInt32LE(index, index * 9);
    const path = join(folder, 'killed.rb');
    await writeFile(path, bytes);
    const file = {
      table: 'killed',
      path,
      bytes: bytes.length,
      rows,
      structure: 'id UInt64, name String',
      token: 'killed',
    };
    for (const waitMs of [20, 150, 400]) {
      const load = engine.load(file).catch(() => {});
      await pause(waitMs);
      await server?.kill();
      await load;
      await server?.start();
    }
    await engine.load(file);
    await engine.load(file);
    expect(await engine.query('SELECT count() AS n, uniqExact(id) AS ids FROM killed')).toEqual([
      { n: String(rows), ids: String(rows) },
    ]);
  });
});
