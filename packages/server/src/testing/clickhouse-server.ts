import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@throughline/tests/wait-for';
import { chdbConfig } from '../clickhouse/chdb/chdb-config.ts';
import { type ClickHouseAddress, parseClickHouseUrl } from '../clickhouse/server/clickhouse-address.ts';
import { openClickHouseEngine } from '../clickhouse/server/clickhouse-engine.ts';

/** A ClickHouse server with an empty folder. */
export interface TestClickHouse {
  /** Address such as `http://127.0.0.1:port`. */
  readonly url: string;
  /** Folder of its configuration and its data. */
  readonly folder: string;
  /** Undefined while it is not running. */
  readonly pid: number | undefined;
  /** Ends it with `kill -9`. */
  kill(): Promise<void>;
  /** Starts it on the same folder and port. */
  start(): Promise<void>;
  /** Ends it and removes its folder. */
  close(): Promise<void>;
}

/** Address of an existing server for the tests. If it is not set, tests start their own. */
export const GIVEN_URL = process.env.THROUGHLINE_TEST_CLICKHOUSE_URL || undefined;

const PROGRAM = fileURLToPath(new URL('./clickhouse-server-process.ts', import.meta.url));
const MEMORY_BYTES = 4 * 1024 ** 3;

/**
 * Starts a real server without further dependencies: the library of the embedded store contains all of ClickHouse, and a
 * child process runs it with an open HTTP port.
 */
export async function startClickHouse(): Promise<TestClickHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-clickhouse-'));
  const config = join(folder, 'config.xml');
  // As on the server of somebody else, the compression is not configured.
  await writeFile(config, chdbConfig(MEMORY_BYTES, ''));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;

  const kill = async () => {
    if (!child) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    child = undefined;
  };
  const start = async () => {
    const started = spawn(process.execPath, [PROGRAM, join(folder, 'data'), config, String(port)], {
      // The child ends with this process, because its standard input closes.
      stdio: ['pipe', 'ignore', 'pipe'],
      // A different time zone, as for a server in another place.
      env: { ...process.env, TZ: 'Asia/Kathmandu' },
    });
    child = started;
    let words = '';
    started.stderr.on('data', (chunk) => {
      words = (words + chunk).slice(-4000);
    });
    started.once('exit', () => {
      if (child === started) child = undefined;
    });
    await waitFor('an answer of the ClickHouse server', () => {
      if (child !== started) throw new Error(`the ClickHouse server ended before it listened: ${words}`);
      return answers(url);
    });
  };
  await start();
  return {
    url,
    folder,
    get pid() {
      return child?.pid;
    },
    start,
    kill,
    async close() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const databases: ClickHouseAddress[] = [];

/** A new database on the server at `url`, which does not exist yet. */
export function freshDatabase(url: string): ClickHouseAddress {
  const database = `test_${process.pid}_${Date.now()}_${databases.length}`;
  const address = { ...parseClickHouseUrl(url), database };
  databases.push(address);
  return address;
}

/** Removes the databases of the tests from a given server. */
export async function dropFreshDatabases(): Promise<void> {
  for (const { database, ...address } of databases.splice(0)) {
    const engine = openClickHouseEngine({ ...address, database: 'default' });
    await engine.command(`DROP DATABASE IF EXISTS ${database}`);
    await engine.close();
  }
}

async function answers(url: string): Promise<boolean> {
  return fetch(`${url}/ping`).then(
    async (response) => (await response.text()) === 'Ok.\n',
    () => false,
  );
}

/** Chosen before the start, because the server uses the same port after a restart. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
