/**
 * Servers that compete for one data folder: in containers, at once, next to a suspended one, with a deleted lock and with
 * a clock that jumps. Rows that any of them acknowledged exist exactly once.
 *
 * `THROUGHLINE_TAKEOVERS=300` tests more of them, and then servers are suspended for a minute.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { freshDatabase, startClickHouse } from '../../packages/server/src/testing/clickhouse-server.ts';
import { startTestServer } from '../../packages/server/src/testing/test-server.ts';
import { pause } from '../support/pause.ts';
import { SEED } from '../support/seed.ts';
import { waitFor } from '../support/wait-for.ts';
import { createRandom, expectExactlyOnce, type KillLoad, startKillLoad } from './kill-load.ts';
import { complaintsOf, killServers, type ServerProcess, spawnServer } from './server-process.ts';

const TAKEOVERS = Number(process.env.THROUGHLINE_TAKEOVERS || 30);
const STOPPED_MS = TAKEOVERS > 30 ? 60_000 : 500;

/** The first process of a container has the id 1 and does not see other processes. */
const CONTAINER = ['unshare', '--map-root-user', '--pid', '--fork', '--mount-proc', '--kill-child'];
const noContainers = (() => {
  const [command = '', ...args] = CONTAINER;
  const tried = spawnSync(command, [...args, 'true']);
  return tried.status === 0 ? undefined : String(tried.stderr).trim() || tried.error?.message;
})();

const folders: string[] = [];
afterAll(async () => {
  await killServers();
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A previous server had a wrong clock. */
const CLOCK_WAS_AHEAD = /the system clock is behind the newest data/;
/** The time limit of a statement passes while its process is suspended. */
const TIME_WAS_SUSPENDED = /could not be (loaded|settled) and will be retried/;
const IN_USE = /is in use by another Throughline/;

/** One data folder, the server that uses it, and the load on it. */
class Folder {
  readonly dataDir: string;
  readonly load: KillLoad;
  readonly random: () => number;
  readonly #env: Readonly<Record<string, string>>;
  #url: string | undefined;
  #starts = 0;
  /** Whether the current server was suspended. */
  wasSuspended = false;
  current: ServerProcess | undefined;

  constructor(dataDir: string, seed: string, env: Readonly<Record<string, string>>) {
    this.dataDir = dataDir;
    this.#env = env;
    this.random = createRandom(seed);
    this.load = startKillLoad(seed, () => this.#url);
  }

  /** Every second server runs in its own container. The clocks of some are wrong by up to a year. */
  spawn({ clockJumps = false } = {}): ServerProcess {
    const inContainer = !noContainers && this.#starts++ % 2 === 1;
    const shift = Math.round((this.random() - 0.5) * 2 * 365 * 86_400_000);
    return spawnServer(this.dataDir, {
      through: inContainer ? CONTAINER : [],
      preload: clockJumps ? [new URL('./preload-clock.ts', import.meta.url)] : [],
      env: { ...this.#env, ...(clockJumps && { FAULT_CLOCK_MS: String(shift) }) },
    });
  }

  /** Sends the load to this server from now on. Resolves when it has acknowledged some of it. */
  async use(server: ServerProcess): Promise<void> {
    this.#url = (await server.listening).url;
    this.current = server;
    this.wasSuspended = false;
    await this.acknowledgements(1 + Math.floor(this.random() * 12));
  }

  acknowledgements(count: number): Promise<void> {
    return new Promise((resolve) => {
      let left = count;
      this.load.onAcknowledged = () => {
        left--;
        if (left <= 0) resolve();
      };
    });
  }

  async kill(): Promise<void> {
    const { log } = (await this.current?.kill()) ?? { log: '' };
    this.#url = undefined;
    const complaints = complaintsOf(log).filter(
      (line) => !(CLOCK_WAS_AHEAD.test(line) || (this.wasSuspended && TIME_WAS_SUSPENDED.test(line))),
    );
    expect(complaints).toEqual([]);
  }
}

/** Sends a signal to the server itself, because the process that started it may be the one that created its container. */
async function signal(server: ServerProcess, name: NodeJS.Signals): Promise<void> {
  const children = await readFile(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8').catch(() => '');
  const comm = await readFile(`/proc/${server.pid}/comm`, 'utf8');
  process.kill(comm.trim() === 'unshare' ? Number(children.trim()) : server.pid, name);
}

async function expectRefused(server: ServerProcess): Promise<void> {
  const { code, log } = await server.ended;
  expect([code, log]).toEqual([1, expect.stringMatching(IN_USE)]);
}

type Event = (folder: Folder) => Promise<void>;

const EVENTS: Readonly<Record<string, Event>> = {
  'a kill and a start': async (folder) => {
    await folder.kill();
    await folder.use(folder.spawn());
  },
  'a start beside a server that runs': async (folder) => {
    await expectRefused(folder.spawn());
    await folder.acknowledgements(1);
  },
  'four starts at once after a kill': async (folder) => {
    await folder.kill();
    const servers = Array.from({ length: 4 }, () => folder.spawn());
    const winner = await Promise.any(servers.map((server) => server.listening.then(() => server)));
    await folder.use(winner);
    for (const server of servers) if (server !== winner) await expectRefused(server);
  },
  'a start beside a server that is stopped': async (folder) => {
    const { current } = folder;
    if (!current) throw new Error('Expected a server');
    await signal(current, 'SIGSTOP');
    folder.wasSuspended = true;
    await Promise.all([expectRefused(folder.spawn()), pause(STOPPED_MS)]);
    await signal(current, 'SIGCONT');
    await folder.acknowledgements(1);
  },
  'a kill and a start with another clock': async (folder) => {
    await folder.kill();
    await folder.use(folder.spawn({ clockJumps: true }));
  },
};

/** The embedded store has its own lock, so no server can take a folder from a server that uses it. */
const TAKES_OVER = 'a start beside a server that is stopped and whose lock was deleted';
const takeOver: Event = async (folder) => {
  const first = folder.current;
  if (!first) throw new Error('Expected a server');
  await signal(first, 'SIGSTOP');
  for (const file of ['lock.sqlite', 'throughline.lock']) await rm(join(folder.dataDir, file));
  const second = folder.spawn();
  await Promise.all([second.listening, pause(STOPPED_MS)]);
  // The load still goes to the first server, which has lost its files and must not acknowledge anything.
  await signal(first, 'SIGCONT');
  const { code, log } = await first.ended;
  expect([code, log]).toEqual([1, expect.stringContaining('Another process has taken over the journal')]);
  await folder.use(second);
};

async function runTakeovers(
  name: string,
  events: Readonly<Record<string, Event>>,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-takeovers-'));
  folders.push(dataDir);
  const folder = new Folder(dataDir, `${SEED} ${name}`, env);
  await folder.use(folder.spawn());
  const all = Object.entries(events);
  const counts = new Map<string, number>();
  for (let count = 0; count < Math.ceil(TAKEOVERS / 2); count++) {
    const [event, run] = all[count % all.length] as (typeof all)[number];
    await run(folder);
    counts.set(event, (counts.get(event) ?? 0) + 1);
  }
  await folder.kill();
  const server = await startTestServer({ dataDir, settings: env });
  try {
    await folder.use({ ...(folder.current as ServerProcess), listening: Promise.resolve(server) });
    await folder.load.finish();
    await waitFor('an empty journal', async () =>
      (await (await fetch(`${server.url}/metrics`)).text()).includes('\nthroughline_journal_bytes 0\n'),
    );
    await expectExactlyOnce(server.engine, folder.load.ledger);
  } finally {
    await server.stop();
  }
  const { spans, acknowledged, failed } = folder.load.ledger;
  console.info(
    `${name}: ${[...counts].map(([event, times]) => `${times} × ${event}`).join(', ')}; ` +
      `${acknowledged} requests acknowledged, ${failed} attempts failed, ${spans.size} spans found once`,
  );
}

const limits = { timeout: 300_000 + TAKEOVERS * 10_000 + (TAKEOVERS / 3) * STOPPED_MS };
const unseen = noContainers ? ` (without containers: ${noContainers})` : '';

describe(`${Math.ceil(TAKEOVERS / 2)} kills and takeovers neither lose nor duplicate acknowledged rows${unseen}`, () => {
  it('in the embedded store', limits, () => runTakeovers('embedded', EVENTS, {}));

  it('in a ClickHouse server', limits, async () => {
    const clickhouse = await startClickHouse();
    try {
      const { database } = freshDatabase(clickhouse.url);
      const env = { THROUGHLINE_CLICKHOUSE_URL: `${clickhouse.url}/${database}` };
      await runTakeovers('ClickHouse', { [TAKES_OVER]: takeOver, ...EVENTS }, env);
    } finally {
      await clickhouse.close();
    }
  });
});
