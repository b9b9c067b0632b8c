import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@throughline/tests/eventually';
import { waitFor } from '@throughline/tests/wait-for';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Config } from './config/config.ts';
import type { RunningServer } from './main.ts';
import { startTestServer } from './testing/test-server.ts';

const folders: string[] = [];
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-main-'));
  folders.push(folder);
  return folder;
}
const servers: RunningServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function start(dataDir: string, change: Partial<Config> = {}): Promise<RunningServer> {
  const server = await startTestServer({ dataDir, config: change });
  servers.push(server);
  return server;
}

/** A request with `count` spans that have different names. */
function request(prefix: string, count: number): string {
  const spans = Array.from({ length: count }, (_, index) => ({
    traceId: Buffer.from(prefix.padEnd(16, '.')).toString('hex'),
    spanId: (2 ** 40 + index).toString(16).padStart(16, '0'),
    name: `${prefix}#${index}`,
    startTimeUnixNano: `${1_795_000_000_000_000_000n + BigInt(index)}`,
    endTimeUnixNano: `${1_795_000_000_000_000_100n + BigInt(index)}`,
  }));
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
}

const send = (url: string, body: string): Promise<Response> =>
  fetch(`${url}/v1/traces`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });

async function namesIn({ engine }: RunningServer): Promise<string[]> {
  const rows = await engine.query<{ name: string }>('SELECT name FROM spans FINAL ORDER BY name');
  return rows.map(({ name }) => name);
}

describe('the data folder', () => {
  test('belongs to one process, and a second one fails with the id of the first', async () => {
    const dataDir = await temporaryFolder();
    await start(dataDir);
    await expect(start(dataDir)).rejects.toThrow(
      `The data folder ${dataDir} is in use by another Throughline (process ${process.pid}).`,
    );
  });

  test.each([
    ['of a process that has ended', JSON.stringify({ pid: 2 ** 22 + 1, began: '1' })],
    ['with the process id of a different program', JSON.stringify({ pid: process.ppid, began: '1' })],
    ['that is incomplete', '{"pi'],
    ['with this process id, written by an earlier process', JSON.stringify({ pid: process.pid, began: '1' })],
  ])('is taken over from a lock %s', async (_what, lock) => {
    const dataDir = await temporaryFolder();
    await writeFile(join(dataDir, 'throughline.lock'), lock);
    const server = await start(dataDir);
    expect((await send(server.url, request('a', 1))).status).toBe(200);
    await server.stop();
    expect(await readdir(dataDir)).not.toContain('throughline.lock');
  });

  test('a folder that cannot be created is a clear error', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(start(join(folder, 'file', 'data'))).rejects.toThrow(
      `The data folder ${join(folder, 'file', 'data')} cannot be written: ENOTDIR`,
    );
  });

  test('a journal that is not writable is a clear error and releases the lock', async () => {
    const dataDir = await temporaryFolder();
    await mkdir(dataDir, { recursive: true });
    await writeFile(join(dataDir, 'journal'), '');
    await expect(start(dataDir)).rejects.toThrow(
      `The journal folder ${join(dataDir, 'journal')} cannot be written: EEXIST`,
    );
    await rm(join(dataDir, 'journal'));
    await start(dataDir);
  });
});

describe('under pressure', () => {
  test('a full journal gets 503 with Retry-After, and stores nothing of the request', async () => {
    const server = await start(await temporaryFolder(), { maxJournalBytes: 4096 });
    const refused = await send(server.url, request('large', 50));
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([
      503,
      expect.stringMatching(/^[23]$/),
    ]);
    expect(await refused.json()).toEqual({
      code: 14,
      message: 'the rows that are not in the store yet have reached the limit of 4096 bytes',
    });
    expect((await send(server.url, request('small', 1))).status).toBe(200);
    await eventually('the names', () => namesIn(server)).toEqual(['small#0']);
  });

  test('requests above the memory limit wait, then get 429 with Retry-After, until others are finished', async () => {
    const server = await start(await temporaryFolder(), { maxInFlightBytes: 2000 });
    const slow = connect(Number(new URL(server.url).port), '127.0.0.1');
    const head =
      'POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 1900\r\n\r\n{';
    await new Promise<void>((resolve) => slow.write(head, () => resolve()));
    const body = request('a', 1);
    // The request above may be read after the first body.
    const refused = await waitFor('a 429', async () => {
      const answer = await send(server.url, body);
      return answer.status === 429 && answer;
    });
    expect(refused.headers.get('retry-after')).toMatch(/^[123]$/);
    expect(await refused.json()).toEqual({
      code: 8,
      message: 'the server has more requests than it can hold: there was no room within 5 seconds',
    });
    slow.destroy();
    await eventually('the status', async () => (await send(server.url, body)).status).toBe(200);
  });
});

test('stopping loads all acknowledged rows and leaves an empty journal', async () => {
  const dataDir = await temporaryFolder();
  const server = await start(dataDir);
  expect((await send(server.url, request('last', 2))).status).toBe(200);
  await server.stop();
  expect(await readdir(join(dataDir, 'journal'))).toEqual([]);
  await expect(send(server.url, request('late', 1))).rejects.toThrow();
  const again = await start(dataDir);
  expect(await namesIn(again)).toEqual(['last#0', 'last#1']);
});

test('a request that never ends does not prevent the server from stopping', async () => {
  const server = await start(await temporaryFolder());
  const slow = connect(Number(new URL(server.url).port), '127.0.0.1');
  slow.on('error', () => {});
  const head =
    'POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{';
  await new Promise<void>((resolve) => slow.write(head, () => resolve()));
  // This request is answered after the head above was read, because connections are served in the order of their data.
  expect((await send(server.url, request('a', 1))).status).toBe(200);
  const closed = new Promise((resolve) => slow.once('close', resolve));
  await server.stop();
  await closed;
}, 20_000);
