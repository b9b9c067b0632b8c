/**
 * `kill -9` at every moment: each acknowledged row exists exactly once.
 *
 * `THROUGHLINE_KILLS=500` kills more often. `THROUGHLINE_SEED` determines the delays and the data of a run.
 */
import { type FSWatcher, watch } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startTestServer } from '../../packages/server/src/testing/test-server.ts';
import { pause } from '../support/pause.ts';
import { SEED } from '../support/seed.ts';
import { LIMIT_MS, waitFor } from '../support/wait-for.ts';
import { createRandom, expectExactlyOnce, type KillLoad, startKillLoad } from './kill-load.ts';
import { complaintsOf, killServers, type ServerProcess, spawnServer } from './server-process.ts';

const KILLS = Number(process.env.THROUGHLINE_KILLS || 30);
/** Number of servers that are killed in parallel: a start uses a processor for a second. */
const FOLDERS = 2;

const folders: string[] = [];
afterAll(async () => {
  await killServers();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

const RECOVERY = /"segments":(\d+),"truncatedBytes":(\d+)/g;

/** One run of the server, from its start until the test kills it. */
interface Life {
  readonly server: ServerProcess;
  readonly dataDir: string;
  readonly load: KillLoad;
  readonly random: () => number;
}

/** Resolves when the server should be killed. */
type Moment = (life: Life) => Promise<unknown>;

const upTo = (random: () => number, ms: number) => pause(random() * ms);

const acknowledgements = (load: KillLoad, count: number): Promise<void> =>
  new Promise((resolve) => {
    let left = count;
    load.onAcknowledged = () => {
      left--;
      if (left <= 0) resolve();
    };
  });

/** A change of a file in the journal, reported while the server makes it. */
const journalEvent = (life: Life, type: 'rename' | 'change', suffix: string, count: number): Promise<void> =>
  eventIn(join(life.dataDir, 'journal'), type, suffix, count, life.server);

function eventIn(
  folder: string,
  type: 'rename' | 'change',
  suffix: string,
  count: number,
  server: ServerProcess,
): Promise<void> {
  let watcher: FSWatcher | undefined;
  const seen = new Promise<void>((resolve) => {
    let left = count;
    watcher = watch(folder, (happened, name) => {
      if (happened === type && name?.endsWith(suffix) && --left === 0) resolve();
    });
  });
  return Promise.race([seen, server.ended.then(() => {})]).finally(() => watcher?.close());
}

const MOMENTS: Readonly<Record<string, Moment>> = {
  'while it starts and recovers': async ({ server, dataDir, random }) => {
    await eventIn(dataDir, 'change', 'throughline.lock', 1, server);
    await upTo(random, 500);
  },
  'in the middle of a request': async ({ server, load, random }) => {
    const { hostname, port } = new URL((await server.listening).url);
    await acknowledgements(load, Math.ceil(random() * 20));
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    const head =
      'POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 900\r\n';
    await new Promise<void>((resolve) => socket.write(`${head}\r\n{"resourceSpans":[`, () => resolve()));
    await upTo(random, 5);
  },
  'between the journal and the answer': (life) =>
    journalEvent(life, 'change', '.commits', Math.ceil(life.random() * 30)),
  'right after an answer': async ({ load, random }) => acknowledgements(load, Math.ceil(random() * 60)),
  'while rows are loaded': async ({ load, random }) => {
    await acknowledgements(load, 3);
    await pause(100 + random() * 250);
  },
  'under load, at any time': async ({ server, random }) => {
    await server.listening;
    await upTo(random, 1_000);
  },
  // The first renaming is a new segment, a later one is the removal of a loaded segment.
  'while loaded segments are removed': (life) =>
    journalEvent(life, 'rename', '.commits', 2 + Math.floor(life.random() * 4)),
  'while it stops': async ({ server, load, random }) => {
    await acknowledgements(load, Math.ceil(random() * 20));
    process.kill(server.pid, 'SIGTERM');
    await upTo(random, 250);
  },
};

/** Rejects if the moment does not come, for example because the server no longer does what the moment watches for. */
async function inTime(moment: string, comes: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(reject, 2 * LIMIT_MS, new Error(`The moment "${moment}" did not come.`));
  });
  await Promise.race([comes, late]).finally(() => clearTimeout(timer));
}

async function killAgainAndAgain(name: string, kills: number): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-kill-'));
  folders.push(dataDir);
  await mkdir(join(dataDir, 'journal'));
  const random = createRandom(`${SEED} ${name}`);
  const moments = Object.entries(MOMENTS);
  let url: string | undefined;
  const load = startKillLoad(`${SEED} ${name}`, () => url);
  const born = () => {
    const server = spawnServer(dataDir);
    server.listening.then(
      (addresses) => {
        url = addresses.url;
      },
      () => {},
    );
    return server;
  };
  let [recovered, truncatedBytes] = [0, 0];
  for (let kill = 0; kill < kills; kill++) {
    const [moment, wait] = moments[kill % moments.length] as (typeof moments)[number];
    const server = born();
    await inTime(moment, Promise.race([wait({ server, dataDir, load, random }), server.ended]));
    load.onAcknowledged = () => {};
    const { signal, code, log } = await server.kill();
    url = undefined;
    // A server that was stopping may have ended before.
    expect({ moment, end: signal ?? code, complaints: complaintsOf(log) }).toEqual({
      moment,
      end: moment === 'while it stops' ? expect.toBeOneOf(['SIGKILL', 0]) : 'SIGKILL',
      complaints: [],
    });
    for (const [, segments, bytes] of log.matchAll(RECOVERY)) {
      recovered += Number(segments);
      truncatedBytes += Number(bytes);
    }
  }
  const last = born();
  const { url: lastUrl } = await last.listening;
  await load.finish();
  // A stop that takes long leaves rows to the next start.
  await waitFor('an empty journal', async () =>
    (await (await fetch(`${lastUrl}/metrics`)).text()).includes('\nthroughline_journal_bytes 0\n'),
  );
  const { code, log } = await last.kill('SIGTERM');
  expect([code, complaintsOf(log)]).toEqual([0, []]);
  // Bytes that were written but not acknowledged can have been set aside.
  expect((await readdir(join(dataDir, 'journal'))).filter((name) => name !== 'cut-tails')).toEqual([]);

  const { ledger } = load;
  const found = await check(dataDir, load);
  return (
    `${kills} kills, ${ledger.acknowledged} requests acknowledged (${ledger.repeated} of them sent again, ` +
    `${ledger.failed} attempts failed), ${recovered} segments and ${truncatedBytes} torn bytes recovered, ${found}`
  );
}

/** Only one store can be open in a process. */
let checking: Promise<unknown> = Promise.resolve();
function check(dataDir: string, { ledger }: KillLoad): Promise<string> {
  const checked = checking.then(async () => {
    const server = await startTestServer({ dataDir });
    try {
      await expectExactlyOnce(server.engine, ledger);
    } finally {
      await server.stop();
    }
    return `${ledger.spans.size} spans, ${ledger.logs.size} log records and ${ledger.scores.size} scores found once`;
  });
  checking = checked.catch(() => {});
  return checked;
}

it(
  `${KILLS} kills at every moment neither lose nor duplicate acknowledged rows`,
  async () => {
    console.info(`THROUGHLINE_SEED=${SEED} THROUGHLINE_KILLS=${KILLS}`);
    const each = Math.ceil(KILLS / FOLDERS);
    const summaries = await Promise.all(
      Array.from({ length: FOLDERS }, (_, index) => killAgainAndAgain(`folder-${index}`, each)),
    );
    for (const summary of summaries) console.info(summary);
  },
  // A start takes several seconds on a busy machine.
  180_000 + KILLS * 20_000,
);
