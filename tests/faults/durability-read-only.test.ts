/** Folders that are not writable, while the server runs and when it starts. */
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { whyNoDisks } from './disk.ts';
import { cleanUp, MIB, makeFolder, mount, startOn } from './on-disks.ts';
import { createClient, refusal } from './process-client.ts';
import { spawnServer } from './server-process.ts';
import { span } from './support.ts';

const noDisks = whyNoDisks();
afterEach(cleanUp);

describe.skipIf(noDisks)(`a read-only disk${noDisks ? ` (skipped: ${noDisks})` : ''}`, () => {
  it.each(['', 'journal'])(
    'if the folder "data/%s" is read-only at the start, the server reports it and ends',
    async (folder) => {
      const disks = await mount(MIB);
      const { server } = await startOn(disks);
      // The lock file of a killed server exists and cannot be removed.
      await server.kill();
      disks.setReadOnly(folder, true);
      const { code, log } = await spawnServer(disks.dataDir, { through: disks.through }).ended;
      expect(log).toMatch(
        folder === ''
          ? /^The data folder .* cannot be written: EROFS: read-only file system.*\n$/
          : /^The journal folder .* cannot be written: EROFS: read-only file system.*\n$/,
      );
      expect(code).toBe(1);
      disks.setReadOnly(folder, false);
      await (await startOn(disks)).client.expectWell();
    },
  );

  it('while the server runs: requests get 503 with the reason, reading continues, and it recovers when writable', async () => {
    const disks = await mount(MIB);
    const { client } = await startOn(disks);
    const before = await client.keep();
    await client.expectReadable([before]);
    await client.waitForEmptyJournal();
    disks.setReadOnly('journal', true);
    expect(await client.send([span()])).toEqual(refusal('the file system is read-only'));
    expect(await client.metric('throughline_journal_commit_errors_total')).toBe(1);
    expect(await client.problems()).toEqual({ 'journal-unavailable': 1 });
    await client.expectReadable([before]);
    disks.setReadOnly('journal', false);
    await client.expectWell();
  });
});

/** Root can write everything, unless it gives up that capability. */
const AS_OWNER = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
const noOwners = (() => {
  if (AS_OWNER.length === 0) return undefined;
  const [command = '', ...args] = AS_OWNER;
  return spawnSync(command, [...args, 'true']).status === 0
    ? undefined
    : 'root cannot give up its rights here';
})();

describe.skipIf(noOwners)(`a folder without permissions${noOwners ? ` (skipped: ${noOwners})` : ''}`, () => {
  it('if the folder is not writable, the server reports it and ends', async () => {
    const dataDir = await makeFolder();
    await chmod(dataDir, 0o500);
    const { code, log } = await spawnServer(dataDir, { through: AS_OWNER }).ended;
    expect(log).toMatch(/^The data folder .* cannot be written: EACCES: permission denied.*\n$/);
    expect(code).toBe(1);
    await chmod(dataDir, 0o700);
    await createClient(await spawnServer(dataDir, { through: AS_OWNER }).listening).expectWell();
  });

  it.skipIf(process.getuid?.() !== 0)(
    'because it belongs to a different user: the server reports it and ends',
    async () => {
      const dataDir = await makeFolder();
      await chown(dataDir, 65534, 65534);
      const { code, log } = await spawnServer(dataDir, { through: AS_OWNER }).ended;
      expect(log).toMatch(/^The data folder .* cannot be (written|read): EACCES: permission denied.*\n$/);
      expect(code).toBe(1);
      await chown(dataDir, 0, 0);
    },
  );

  it('if the store or the journal is not writable, the server reports which one and ends', async () => {
    const dataDir = await makeFolder();
    for (const [name, message] of [
      ['clickhouse', /^The data folder .* cannot be written: EACCES: permission denied.*\n$/],
      ['journal', /^The journal folder .* cannot be written: EACCES: permission denied.*\n$/],
    ] as const) {
      await mkdir(join(dataDir, name), { mode: 0o500 });
      const { code, log } = await spawnServer(dataDir, { through: AS_OWNER }).ended;
      expect({ name, code, log }).toEqual({ name, code: 1, log: expect.stringMatching(message) });
      await chmod(join(dataDir, name), 0o700);
    }
    const server = spawnServer(dataDir, { through: AS_OWNER });
    const client = createClient(await server.listening);
    await client.expectWell();
    // The permission is removed while the server runs.
    await client.waitForEmptyJournal();
    await chmod(join(dataDir, 'journal'), 0o500);
    expect(await client.send([span()])).toEqual(refusal('the folder is not writable'));
    await chmod(join(dataDir, 'journal'), 0o700);
    await client.expectWell();
    // It is also removed between the acknowledgement and the removal of loaded rows.
    const kept = [await client.keep()];
    await chmod(join(dataDir, 'journal'), 0o500);
    await client.expectReadable(kept);
    await chmod(join(dataDir, 'journal'), 0o700);
    kept.push(await client.keep());
    await client.expectReadable(kept);
    await client.waitForEmptyJournal();
    await client.expectReadable(kept);
  });
});
