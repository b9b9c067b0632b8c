/** System calls that fail: an fsync, a write of many bytes, opening a file. */
import { spawnSync } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { waitFor } from '../support/wait-for.ts';
import { cleanUp, largeSpans, makeFolder } from './on-disks.ts';
import { createClient, refusal } from './process-client.ts';
import { complaintsOf, type ServerProcess, spawnServer } from './server-process.ts';
import { newTraceId, span } from './support.ts';

afterEach(cleanUp);

// After a failed fsync, the data of a file in memory may never reach the disk, and the next fsync does not report it:
// https://www.usenix.org/conference/atc20/presentation/rebello
it('after a failed fsync the request is rejected, its bytes are cut off, and the next request gets a new segment', async () => {
  const dataDir = await makeFolder();
  const server = spawnServer(dataDir, { preload: [new URL('./preload-fsync.ts', import.meta.url)] });
  const client = createClient(await server.listening);
  const kept = [await client.keep()];
  for (let failures = 1; failures <= 3; failures++) {
    const announced = server.log().split('the next fsync').length;
    process.kill(server.pid, 'SIGUSR2');
    await waitFor('the fault', async () =>
      server.log().split('the next fsync').length > announced ? true : undefined,
    );
    const traceId = newTraceId();
    expect(await client.send([span({ traceId })])).toEqual(refusal('the disk failed'));
    expect(await client.metric('throughline_journal_commit_errors_total')).toBe(failures);
    kept.push(await client.keep());
    await client.expectReadable(kept);
    expect(await client.findTrace(traceId)).toBeUndefined();
  }
  expect(await client.problems()).toEqual({ 'journal-unavailable': 3 });
  expect(complaintsOf(server.log())).toHaveLength(3);
  await server.kill();
  const again = createClient(await spawnServer(dataDir).listening);
  await again.expectReadable(kept);
  await again.expectWell();
});

const limit = (server: ServerProcess, what: string, most: number | 'unlimited') => {
  const done = spawnSync('prlimit', ['--pid', String(server.pid), `--${what}=${most}:`]);
  expect(String(done.stderr)).toBe('');
};
const noLimits = spawnSync('prlimit', ['--version']).status === 0 ? undefined : 'there is no prlimit here';
it.skipIf(noLimits)(
  `if large files cannot be written, requests are rejected with the reason, and earlier rows are loaded${noLimits ? ` (skipped: ${noLimits})` : ''}`,
  async () => {
    const dataDir = await makeFolder();
    const server = spawnServer(dataDir);
    const client = createClient(await server.listening);
    const before = await client.keep();
    await client.expectReadable([before]);
    limit(server, 'fsize', 65_536);
    expect(await client.send(largeSpans())).toEqual(refusal('the file is too large for the file system'));
    const small = await client.keep();
    await client.expectReadable([before]);
    limit(server, 'fsize', 'unlimited');
    const all = largeSpans();
    expect(await client.send(all)).toMatchObject({ status: 200 });
    await client.expectReadable([before, small, ...all]);
    await client.expectWell();
  },
);

it.skipIf(noLimits)(
  `if files cannot be opened, requests are rejected with the reason, and accepted again once they can${noLimits ? ` (skipped: ${noLimits})` : ''}`,
  async () => {
    const dataDir = await makeFolder();
    const server = spawnServer(dataDir);
    const client = createClient(await server.listening);
    const before = await client.keep();
    await client.expectReadable([before]);
    // Three more files can be opened: enough for a connection, but not for all files of a segment.
    const taken = new Set((await readdir(`/proc/${server.pid}/fd`)).map(Number));
    const free = [...Array(taken.size + 4).keys()].filter((number) => !taken.has(number));
    limit(server, 'nofile', free[3] as number);
    expect(await client.send([span()])).toEqual(refusal('too many files are open'));
    limit(server, 'nofile', 1_024);
    await client.expectWell();
    await client.expectReadable([before]);
  },
);
