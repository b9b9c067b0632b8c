/** Data folders that two servers want, that were moved or copied, or whose journal was restored. */
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { leaveSegment } from './leave-segment.ts';
import { createClient } from './process-client.ts';
import { startHere } from './server-here.ts';
import { complaintsOf, killServers, spawnServer } from './server-process.ts';
import { type JsonSpan, span } from './support.ts';

/** The first process of every container has the id 1. */
const CONTAINER = ['unshare', '--map-root-user', '--pid', '--fork', '--mount-proc', '--kill-child'];
const noContainers = (() => {
  const [command = '', ...args] = CONTAINER;
  const tried = spawnSync(command, [...args, 'true']);
  return tried.status === 0
    ? undefined
    : ` (skipped: no process namespace can be made, ${String(tried.stderr).trim() || tried.error?.message})`;
})();

const folders: string[] = [];
async function folderOf(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'throughline-folder-'));
  folders.push(folder);
  return join(folder, 'data');
}
afterEach(killServers);
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describe('two servers on one folder', () => {
  it('the second one reports the process id of the first and changes nothing; a kill releases the folder', async () => {
    const dataDir = await folderOf();
    const first = spawnServer(dataDir);
    const client = createClient(await first.listening);
    const kept = await client.keep();
    const message =
      `The data folder ${dataDir} is in use by another Throughline (process ${first.pid}). ` +
      'Stop it, or start this server with a different --data.\n';
    expect(await spawnServer(dataDir).ended).toEqual({ code: 1, signal: null, log: message });
    await client.expectWell();

    // If the lock file is deleted, the lock of the store itself still works.
    for (const file of ['lock.sqlite', 'throughline.lock']) await rm(join(dataDir, file));
    const { code, log } = await spawnServer(dataDir).ended;
    expect(log.endsWith(message)).toBe(true);
    expect(code).toBe(1);
    await client.expectWell();

    await first.kill();
    const third = createClient(await spawnServer(dataDir).listening);
    await third.expectReadable([kept]);
    await third.expectWell();
  });

  it.skipIf(noContainers)(`a second one in a different container fails${noContainers ?? ''}`, async () => {
    const dataDir = await folderOf();
    const client = createClient(await spawnServer(dataDir, { through: CONTAINER }).listening);
    const { code, log } = await spawnServer(dataDir, { through: CONTAINER }).ended;
    expect(log).toBe(
      `The data folder ${dataDir} is in use by another Throughline (process 1 of another container). ` +
        'Stop it, or start this server with a different --data.\n',
    );
    expect(code).toBe(1);
    await client.expectWell();
  });

  it('if four servers start at once after a kill, one runs and the others report its process id', async () => {
    const dataDir = await folderOf();
    const killed = spawnServer(dataDir);
    const kept = await createClient(await killed.listening).keep();
    await killed.kill();
    const servers = Array.from({ length: 4 }, () => spawnServer(dataDir));
    const outcomes = await Promise.all(
      servers.map((server) =>
        server.listening.then(
          (addresses) => ({ server, client: createClient(addresses) }),
          () => undefined,
        ),
      ),
    );
    const [winner, ...others] = outcomes.filter((outcome) => outcome !== undefined);
    expect(others).toEqual([]);
    const message = `is in use by another Throughline (process ${winner?.server.pid}).`;
    for (const server of servers.filter(({ pid }) => pid !== winner?.server.pid)) {
      const { code, log } = await server.ended;
      expect([code, log]).toEqual([1, expect.stringContaining(message)]);
    }
    await winner?.client.expectReadable([kept]);
    await winner?.client.expectWell();
    expect((await winner?.server.kill('SIGTERM'))?.code).toBe(0);
    expect(await readdir(dataDir)).not.toContain('throughline.lock');
  });
});

describe('a folder that was copied', () => {
  it('while no server was running can be used twice independently, or moved', async () => {
    const dataDir = await folderOf();
    const first = spawnServer(dataDir);
    const client = createClient(await first.listening);
    const before = await client.keep();
    await client.expectReadable([before]);
    expect((await first.kill('SIGTERM')).code).toBe(0);
    const [copied, moved] = [await folderOf(), await folderOf()];
    await cp(dataDir, copied, { recursive: true, verbatimSymlinks: true });
    await rename(dataDir, moved);
    const [one, two] = [spawnServer(copied), spawnServer(moved)];
    const clients = [createClient(await one.listening), createClient(await two.listening)] as const;
    const after = [await clients[0].keep(), await clients[1].keep()] as const;
    for (const [index, each] of clients.entries()) {
      await each.expectReadable([before, after[index] as JsonSpan]);
      expect(await each.findTrace((after[1 - index] as JsonSpan).traceId)).toBeUndefined();
      await each.expectWell();
    }
  });

  it('after a kill, with its journal and its lock, has everything that was acknowledged', async () => {
    const dataDir = await folderOf();
    const first = spawnServer(dataDir);
    const client = createClient(await first.listening);
    const kept = [await client.keep(), await client.keep()];
    await first.kill();
    const copied = await folderOf();
    await cp(dataDir, copied, { recursive: true });
    const again = spawnServer(copied);
    const other = createClient(await again.listening);
    await other.expectReadable(kept);
    await other.expectWell();
    expect(complaintsOf((await again.kill('SIGTERM')).log)).toEqual([]);
  });
});

it('a journal that is restored repeatedly after it was loaded adds nothing', async () => {
  const dataDir = await folderOf();
  const requests = Array.from({ length: 3 }, () => [span(), span()]);
  await leaveSegment(dataDir, requests);
  await leaveSegment(dataDir, [[span()]]);
  const journal = join(dataDir, 'journal');
  const saved = new Map(
    await Promise.all(
      (await readdir(journal)).map(async (name) => [name, await readFile(join(journal, name))] as const),
    ),
  );
  for (let replay = 0; replay < 2; replay++) {
    for (const [name, bytes] of saved) await writeFile(join(journal, name), bytes);
    const server = await startHere(dataDir);
    try {
      await server.client.expectReadable(requests.flat());
      await server.client.waitForEmptyJournal();
      // All rows of the table, including versions that a read would ignore.
      for (const table of ['spans', 'payloads']) {
        const [found] = await server.engine.query<{ rows: string }>(`SELECT count() AS rows FROM ${table}`);
        expect([replay, table, found?.rows]).toEqual([replay, table, '7']);
      }
      expect(server.complaints).toEqual([]);
    } finally {
      await server.stop();
    }
  }
  const last = await startHere(dataDir);
  await last.client.expectWell();
  await last.stop();
});
