/**
 * Tests that the later of two deliveries is kept if the system clock is set while the server runs or between two runs.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { createClient, PROJECT, type ProcessClient } from './process-client.ts';
import { complaintsOf, killServers, type ServerProcess, spawnServer } from './server-process.ts';
import { JSON_TYPE, type JsonSpan, span } from './support.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const CLOCK = new URL('./preload-clock.ts', import.meta.url);

const folders: string[] = [];
async function folderOf(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-clocks-'));
  folders.push(dataDir);
  return dataDir;
}
afterEach(killServers);
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

interface Running {
  readonly server: ServerProcess;
  readonly client: ProcessClient;
}

async function startAt(dataDir: string, shiftMs: number, jumpsMs: readonly number[] = []): Promise<Running> {
  const env = { FAULT_CLOCK_MS: String(shiftMs), FAULT_CLOCK_JUMPS_MS: jumpsMs.join() };
  const server = spawnServer(dataDir, { preload: [CLOCK], env });
  return { server, client: createClient(await server.listening) };
}

/** Sends the same span and the same score again, with a different name and value. */
async function deliver({ client }: Running, sent: JsonSpan, delivery: number): Promise<void> {
  expect(await client.send([{ ...sent, name: `delivery ${delivery}` }])).toMatchObject({ status: 200 });
  const answer = await fetch(`${client.url}/api/v1/scores?project=${PROJECT}`, {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify({ id: 'one', traceId: sent.traceId, name: 'delivery', value: delivery }),
  });
  expect(answer.status).toBe(200);
}

async function expectDelivered({ client }: Running, { traceId }: JsonSpan, delivery: number): Promise<void> {
  const found = await waitFor(`delivery ${delivery}`, async () => {
    const spans = (await client.findTrace(traceId))?.spans ?? [];
    const answer = await fetch(`${client.url}/api/v1/scores?project=${PROJECT}&traceId=${traceId}`);
    const { scores } = (await answer.json()) as { scores: { value: unknown }[] };
    const values = [spans.map(({ name }) => name), scores.map(({ value }) => value)];
    return JSON.stringify(values).includes(`delivery ${delivery}`) && scores[0]?.value === delivery
      ? values
      : undefined;
  });
  expect(found).toEqual([[`delivery ${delivery}`], [delivery]]);
}

it('a clock set while the server runs, by an hour or a year, has no effect', async () => {
  const jumps = [-HOUR_MS, YEAR_MS, -YEAR_MS, 0];
  const running = await startAt(await folderOf(), 0, jumps);
  const { server, client } = running;
  const sent = span();
  await deliver(running, sent, 0);
  for (const delivery of jumps.keys()) {
    const before = server.log().split('the clock was set').length;
    process.kill(server.pid, 'SIGUSR2');
    await waitFor('the jump', async () =>
      server.log().split('the clock was set').length > before ? true : undefined,
    );
    await deliver(running, sent, delivery + 1);
    await expectDelivered(running, sent, delivery + 1);
    await client.expectWell();
    await waitFor('an empty journal', async () =>
      (await client.metric('throughline_journal_oldest_row_age_seconds')) === 0 ? true : undefined,
    );
  }
  const { code, log } = await server.kill('SIGTERM');
  expect([code, complaintsOf(log)]).toEqual([0, []]);
});

it('a clock set between two runs: the later delivery is kept, after a stop or a kill', async () => {
  const dataDir = await folderOf();
  const sent = span();
  const lives: readonly (readonly [shiftMs: number, end: NodeJS.Signals, warns: boolean])[] = [
    [0, 'SIGTERM', false],
    [-HOUR_MS, 'SIGKILL', true],
    [-YEAR_MS, 'SIGKILL', true],
    [YEAR_MS, 'SIGTERM', false],
    [0, 'SIGTERM', true],
  ];
  for (const [delivery, [shiftMs, end, warns]] of lives.entries()) {
    const running = await startAt(dataDir, shiftMs);
    if (delivery > 0) await expectDelivered(running, sent, delivery - 1);
    await deliver(running, sent, delivery);
    await expectDelivered(running, sent, delivery);
    // This is acknowledged, and can still be in the journal when the next server starts.
    await deliver(running, sent, delivery);
    const { log } = await running.server.kill(end);
    expect({ delivery, complaints: complaintsOf(log) }).toEqual({
      delivery,
      complaints: warns ? [expect.stringContaining('the system clock is behind the newest data')] : [],
    });
  }
});
