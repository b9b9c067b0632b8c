/** Damaged files of the store: the log, the metrics, `/readyz`, the API and `doctor` report them. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { runCli } from '../../packages/server/src/cli/cli.ts';
import { openChdbEngine } from '../../packages/server/src/clickhouse/chdb/chdb-engine.ts';
import { storeDamage } from '../../packages/server/src/contract/store-damage.ts';
import { waitFor } from '../support/wait-for.ts';
import { type ServerHere, startHere } from './server-here.ts';
import { START, span } from './support.ts';

const DAY_NS = 86_400_000_000_000n;

let folder: string;
let server: ServerHere | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});
afterAll(() => server?.stop());

/** The parts of a table, newest partition first. Call it only while no server runs. */
async function partsOf(table: string): Promise<{ name: string; path: string; rows: number }[]> {
  const engine = await openChdbEngine({ dataDir: folder });
  try {
    return await engine.query(
      `SELECT name, path, toUInt32(rows) AS rows FROM system.parts
       WHERE active AND database = currentDatabase() AND table = {table:String} ORDER BY partition DESC`,
      { table },
    );
  } finally {
    await engine.close();
  }
}

/** A stopped store with one span on each of three days, each day in its own part. */
async function threeDays() {
  folder = await mkdtemp(join(tmpdir(), 'throughline-damage-'));
  const first = await startHere(folder);
  const sent = [0n, 1n, 2n].map((days) => {
    const time = START - days * DAY_NS;
    return span({ startTimeUnixNano: String(time), endTimeUnixNano: String(time + 1n) });
  });
  await first.client.send(sent);
  await first.client.expectReadable(sent);
  await first.client.waitForEmptyJournal();
  await first.stop();
  return sent;
}

/** Runs `throughline doctor` on the folder. */
async function doctor(...flags: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  const terminal = { out: write, err: write, colours: false };
  const code = await runCli(['doctor', '--data', folder, '--port', '0', ...flags], {
    terminal,
    env: {},
    signal: new AbortController().signal,
    version: 'test',
  });
  return { code, text };
}

async function flipBytes(path: string): Promise<void> {
  const bytes = await readFile(path);
  for (let index = 20; index < bytes.length; index += 10) bytes[index] = (bytes[index] ?? 0) ^ 0xff;
  await writeFile(path, bytes);
}

it('a part that the start cannot read is reported everywhere, and comes back from a backup with doctor', async () => {
  const sent = await threeDays();
  const [newest] = await partsOf('spans');
  if (!newest) throw new Error('no part');
  const backup = join(folder, 'backup');
  await cp(newest.path, backup, { recursive: true });
  const data = await readFile(join(newest.path, 'data.bin'));
  await writeFile(join(newest.path, 'data.bin'), data.subarray(0, data.length / 2));

  server = await startHere(folder);
  const { client, url } = server;
  expect(server.complaints).toEqual([
    'a part of the store is damaged; run "throughline doctor" to see what can be done',
  ]);
  expect(await client.metric('throughline_store_damaged_parts')).toBe(1);
  expect(await client.metric('throughline_store_damaged_rows')).toBe(newest.rows);
  const ready = await fetch(`${url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    200,
    {
      status: 'ok',
      warnings: [
        `1 parts of the store with ${newest.rows} rows are damaged. Run "throughline doctor" to see what can be done.`,
      ],
    },
  ]);
  const answer = await fetch(`${url}/api/v1/store/damage`);
  const { parts } = storeDamage.parse(await answer.json());
  expect(parts).toMatchObject([
    { table: 'spans', part: `broken-on-start_${newest.name}`, rows: newest.rows, state: 'detached' },
  ]);
  // The spans of the other days are still there.
  await client.expectReadable(sent.slice(1));
  await server.stop();
  server = undefined;

  const sick = await doctor();
  expect(sick.code).toBe(1);
  expect(sick.text).toContain(`Damaged: ${newest.rows} rows of spans (partition`);
  expect(sick.text).toContain('are set aside as broken');
  expect(sick.text).toContain(`copy the folder ${newest.name} of this table from the backup`);
  expect(sick.text).toMatch(/1 problem\.\n$/);
  const stillSick = await doctor('--repair');
  expect([stillSick.code, stillSick.text.includes('Still damaged, left as it is')]).toEqual([1, true]);

  const [damaged] = parts;
  if (!damaged) throw new Error('no part');
  await rm(damaged.path, { recursive: true });
  await cp(backup, damaged.path, { recursive: true });
  const repaired = await doctor('--repair');
  expect(repaired.text).toContain(`Attached again: ${newest.rows} rows of spans`);
  expect(repaired.text).toContain('No part of the store is known to be damaged.');
  expect(repaired.code).toBe(0);
  server = await startHere(folder);
  await server.client.expectReadable(sent);
  expect(server.complaints).toEqual([]);
});

it('damage that only a read finds is reported, and doctor finds it without a read', async () => {
  const sent = await threeDays();
  const [newest] = await partsOf('spans');
  if (!newest) throw new Error('no part');
  await flipBytes(join(newest.path, 'data.bin'));

  const found = await doctor();
  expect(found.code).toBe(1);
  expect(found.text).toContain(`Damaged: ${newest.rows} rows of spans (partition`);
  expect(found.text).toContain('cannot be read: Code: 40.');

  server = await startHere(folder);
  const { client, url, complaints } = server;
  const read = await fetch(`${url}/api/v1/traces/${sent[0]?.traceId}?project=durability`);
  expect(read.status).toBe(500);
  await waitFor('the damage to be known', async () => {
    const { parts } = storeDamage.parse(await (await fetch(`${url}/api/v1/store/damage`)).json());
    return parts.length === 1 && parts[0]?.state === 'unreadable' && parts[0].table === 'spans';
  });
  expect(await client.metric('throughline_store_damaged_rows')).toBe(newest.rows);
  expect(complaints).toContain(
    'a part of the store is damaged; run "throughline doctor" to see what can be done',
  );
  const other = await fetch(`${url}/api/v1/traces/${sent[2]?.traceId}?project=durability`);
  expect(other.status).toBe(200);
});

it('doctor reports that everything is in order, and what it checked', async () => {
  await threeDays();
  const { code, text } = await doctor();
  expect(code).toBe(0);
  for (const line of [
    'Throughline test with Node.js',
    'can be read and written.',
    'GiB of free space.',
    'Port 0 (pages, API, OTLP/HTTP) is free.',
    'No rows of the journal are in quarantine.',
    'No other process uses the data folder.',
    'No part of the store is known to be damaged.',
  ])
    expect(text).toContain(line);
});

it('doctor queries a running server, and repairs nothing meanwhile', async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-damage-'));
  server = await startHere(folder);
  const { port } = new URL(server.url);
  const { code, text } = await doctor('--port', port, '--grpc-port', new URL(server.grpcUrl).port);
  expect([code, text]).toEqual([
    0,
    expect.stringContaining('The data folder is in use by a Throughline that runs.'),
  ]);
  expect(text).toContain(`Port ${port} (pages, API, OTLP/HTTP) is used by the Throughline that runs.`);
  expect(text).toContain('No part of the store is known to be damaged.');
  const refused = await doctor('--port', port, '--repair');
  expect([refused.code, refused.text]).toEqual([
    1,
    expect.stringContaining('Only a store that nobody uses can be repaired.'),
  ]);
});
