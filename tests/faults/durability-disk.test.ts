/** Disks that are full, read-only or broken, while the server runs and when it starts. */
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { rawSpan } from '../../packages/server/src/query/testing/raw-span.ts';
import { encodeTracesProtobuf } from '../../packages/server/src/receive/otlp/testing/encode-traces.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Disks, mountDisks, whyNoDisks } from './disk.ts';
import { createClient, type ProcessClient } from './process-client.ts';
import { complaintsOf, killServers, type ServerProcess, spawnServer } from './server-process.ts';
import { newSpanId, newTraceId, START, span, textAttribute } from './support.ts';

const noDisks = whyNoDisks();
const MIB = 1 << 20;
/** What the store needs to start and to load some spans. */
const DATA_BYTES = 48 * MIB;

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await killServers();
  for (const close of closers.splice(0)) await close();
});
afterAll(killServers);

async function mount(journalBytes?: number): Promise<Disks> {
  const disks = await mountDisks({
    dataBytes: DATA_BYTES,
    ...(journalBytes === undefined ? {} : { journalBytes }),
  });
  closers.push(() => disks.close());
  return disks;
}

async function start(disks: Disks): Promise<{ server: ServerProcess; client: ProcessClient }> {
  const server = spawnServer(disks.dataDir, { through: disks.through });
  return { server, client: createClient(await server.listening) };
}

const refusal = (reason: string) => ({
  status: 503,
  retryAfter: '10',
  message: `the journal could not be written: ${reason}`,
});

/** Rows that are larger than what a page or two can hold. */
const large = () =>
  Array.from({ length: 30 }, (_, index) =>
    span({ attributes: [textAttribute('input.value', `${index} `.repeat(2_000))] }),
  );

/** Scores, logs and gRPC on a full disk. */
async function expectRefusedAtOtherDoors({ url, grpcUrl }: ProcessClient): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const score = { traceId: newTraceId(), name: 'good', value: 1 };
  const scores = await fetch(`${url}/api/v1/scores?project=durability`, {
    method: 'POST',
    headers,
    body: JSON.stringify(score),
  });
  expect([scores.status, scores.headers.get('retry-after')]).toEqual([503, '10']);
  expect(await scores.json()).toMatchObject({
    code: 'journal-unavailable',
    detail: 'the journal could not be written: the disk is full',
  });
  const record = {
    traceId: newTraceId(),
    spanId: newSpanId(),
    eventName: 'gen_ai.user.message',
    timeUnixNano: String(START),
    body: { stringValue: 'hello' },
  };
  const logs = await fetch(`${url}/v1/logs`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] }),
  });
  expect([logs.status, logs.headers.get('retry-after')]).toEqual([503, '10']);
  const { code, details } = await exportOverGrpc(grpcUrl);
  expect([code, details]).toEqual([status.UNAVAILABLE, 'the journal could not be written: the disk is full']);
}

/** One span; gives the error of the call. */
function exportOverGrpc(grpcUrl: string): Promise<ServiceError> {
  const client = new Client(new URL(grpcUrl).host, credentials.createInsecure());
  const body = encodeTracesProtobuf([rawSpan({ traceId: newTraceId(), spanId: newSpanId() })]);
  return new Promise<ServiceError>((resolve, reject) => {
    client.makeUnaryRequest(
      '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      body,
      (error) => (error ? resolve(error) : reject(new Error('Expected the call to fail'))),
    );
  }).finally(() => client.close());
}

/** The files of the journal and their bytes together. */
async function journalOf(disks: Disks): Promise<{ files: string[]; bytes: number }> {
  const names = (await readdir(disks.path('journal'))).filter((name) => !name.startsWith('.'));
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(disks.path(`journal/${name}`))).size),
  );
  return { files: names, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

describe.skipIf(noDisks)(`a full disk${noDisks ? ` (skipped: ${noDisks})` : ''}`, () => {
  it('of the journal: 503 that says so, nothing half-kept, and by itself again when there is space', async () => {
    const disks = await mount(2 * MIB);
    const { server, client } = await start(disks);
    const before = await client.keep();
    await client.expectReadable([before]);
    const free = await disks.fill('journal', 100_000);

    // Fits in part: what was written of it is cut off again.
    const half = large();
    expect(await client.send(half)).toEqual(refusal('the disk is full'));
    await free();
    const freeAll = await disks.fill('journal');
    const none = span();
    const attempts = 5;
    for (let count = 0; count < attempts; count++)
      expect(await client.send([none])).toEqual(refusal('the disk is full'));
    await expectRefusedAtOtherDoors(client);
    const others = { scores: 1, logs: 1, grpc: 1 };
    expect(await client.metric('throughline_journal_commit_errors_total')).toBe(
      1 + attempts + others.scores + others.logs + others.grpc,
    );
    expect(await client.metric('throughline_requests_total', 'status="503"')).toBe(
      1 + attempts + others.logs,
    );
    expect(await client.metric('throughline_requests_total', 'status="UNAVAILABLE"')).toBe(others.grpc);
    expect(await client.problems()).toEqual({
      'journal-unavailable': 1 + attempts + others.logs + others.grpc,
    });
    // Told once, not with each attempt.
    expect(complaintsOf(server.log()).filter((line) => line.includes('could not be written'))).toHaveLength(
      1,
    );
    // Reading goes on, and what was refused leaves neither rows nor files.
    await client.expectReadable([before]);
    expect(await journalOf(disks)).toEqual({ files: [], bytes: 0 });

    await freeAll();
    // The sender tries again.
    expect(await client.send(half)).toMatchObject({ status: 200 });
    const after = await client.keep();
    await client.expectReadable([before, after, ...half]);
    expect(await client.findTrace(none.traceId)).toBeUndefined();
    await client.expectWell();
    await server.kill();
    await (await start(disks)).client.expectReadable([before, after, ...half]);
  });

  it('of the journal, in the middle of a segment: what it held before is kept', async () => {
    const disks = await mount(2 * MIB);
    const { server, client } = await start(disks);
    // The store takes nothing, so that the segment stays open or waits.
    const freeStore = await disks.fill('');
    const kept = [await client.keep(), await client.keep(), await client.keep()];
    const free = await disks.fill('journal', 100_000);
    const refused = large();
    expect(await client.send(refused)).toEqual(refusal('the disk is full'));
    expect(await client.metric('throughline_journal_bytes')).toBeGreaterThan(0);
    // Killed in this state, and started when the disks have space.
    await server.kill();
    await free();
    await freeStore();
    const again = await start(disks);
    await again.client.expectReadable(kept);
    for (const { traceId } of refused) expect(await again.client.findTrace(traceId)).toBeUndefined();
    await again.client.expectWell();
    expect(await again.client.metric('throughline_journal_quarantined_bytes')).toBe(0);
  });

  it('of the store: acknowledged all the same, and readable when there is space', async () => {
    const disks = await mount(8 * MIB);
    const { client } = await start(disks);
    const before = await client.keep();
    await client.expectReadable([before]);
    const free = await disks.fill('');
    const during = [await client.keep(), ...large()];
    expect(await client.send(during.slice(1))).toMatchObject({ status: 200 });
    await waitFor('loads that fail', async () =>
      (await client.metric('throughline_load_errors_total', 'table="payloads"')) >= 3 ? true : undefined,
    );
    await client.expectReadable([before]);
    expect(await client.findTrace((during[0] as { traceId: string }).traceId)).toBeUndefined();
    expect(await client.metric('throughline_journal_bytes')).toBeGreaterThan(100_000);
    expect(await client.metric('throughline_journal_oldest_row_age_seconds')).toBeGreaterThan(0);
    expect(await client.problems()).toEqual({});
    await free();
    await client.expectReadable([before, ...during]);
    await waitFor('an empty journal', async () =>
      (await client.metric('throughline_journal_bytes')) === 0 ? true : undefined,
    );
    await client.expectWell();
  });

  it('of both: 503, and by itself again when there is space', async () => {
    const disks = await mount();
    const { server, client } = await start(disks);
    const before = await client.keep();
    await client.expectReadable([before]);
    const free = await disks.fill('');
    expect(await client.send([span()])).toEqual(refusal('the disk is full'));
    await client.expectReadable([before]);
    await free();
    await client.expectWell();
    await client.expectReadable([before]);
    expect((await server.kill('SIGTERM')).code).toBe(0);
  });

  it('at the start: it says so and ends; with space it starts', async () => {
    const disks = await mount();
    const { server, client } = await start(disks);
    const before = await client.keep();
    await client.expectReadable([before]);
    await server.kill();
    const free = await disks.fill('');
    const { code, log } = await spawnServer(disks.dataDir, { through: disks.through }).ended;
    expect(log).toMatch(
      /^The (data|journal) folder .* cannot be written: ENOSPC: no space left on device.*\n$/,
    );
    expect(code).toBe(1);
    await free();
    const again = await start(disks);
    await again.client.expectReadable([before]);
    await again.client.expectWell();
  });
});

describe.skipIf(noDisks)(`a read-only disk${noDisks ? ` (skipped: ${noDisks})` : ''}`, () => {
  it.each(['', 'journal'])('at the start, mounted on "%s": it says so and ends', async (folder) => {
    const disks = await mount(MIB);
    const { server } = await start(disks);
    // The lock of a server that was killed is there, and cannot be taken away.
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
    await (await start(disks)).client.expectWell();
  });

  it('while it runs: 503 that says so, reading goes on, and by itself again when it can be written', async () => {
    const disks = await mount(MIB);
    const { client } = await start(disks);
    const before = await client.keep();
    await client.expectReadable([before]);
    await waitFor('an empty journal', async () =>
      (await client.metric('throughline_journal_bytes')) === 0 ? true : undefined,
    );
    disks.setReadOnly('journal', true);
    expect(await client.send([span()])).toEqual(refusal('the file system is read-only'));
    expect(await client.metric('throughline_journal_commit_errors_total')).toBe(1);
    expect(await client.problems()).toEqual({ 'journal-unavailable': 1 });
    await client.expectReadable([before]);
    disks.setReadOnly('journal', false);
    await client.expectWell();
  });
});

/** Root may write everything, unless it gives that up. */
const AS_OWNER = process.getuid?.() === 0 ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
const noOwners = (() => {
  if (AS_OWNER.length === 0) return undefined;
  const [command = '', ...args] = AS_OWNER;
  return spawnSync(command, [...args, 'true']).status === 0
    ? undefined
    : 'root cannot give up its rights here';
})();

describe.skipIf(noOwners)(`a folder without the rights${noOwners ? ` (skipped: ${noOwners})` : ''}`, () => {
  const folderOf = async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'throughline-rights-'));
    closers.push(async () => {
      await chmod(dataDir, 0o700);
      await rm(dataDir, { recursive: true, force: true });
    });
    return dataDir;
  };

  it('to write it: it says so and ends', async () => {
    const dataDir = await folderOf();
    await chmod(dataDir, 0o500);
    const { code, log } = await spawnServer(dataDir, { through: AS_OWNER }).ended;
    expect(log).toMatch(/^The data folder .* cannot be written: EACCES: permission denied.*\n$/);
    expect(code).toBe(1);
    await chmod(dataDir, 0o700);
    await createClient(await spawnServer(dataDir, { through: AS_OWNER }).listening).expectWell();
  });

  it.skipIf(process.getuid?.() !== 0)('that belongs to somebody else: it says so and ends', async () => {
    const dataDir = await folderOf();
    await chown(dataDir, 65534, 65534);
    const { code, log } = await spawnServer(dataDir, { through: AS_OWNER }).ended;
    expect(log).toMatch(/^The data folder .* cannot be (written|read): EACCES: permission denied.*\n$/);
    expect(code).toBe(1);
    await chown(dataDir, 0, 0);
  });

  it('to write the store or the journal: it says which and ends', async () => {
    const dataDir = await folderOf();
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
    // Taken away while it runs.
    await waitFor('an empty journal', async () =>
      (await client.metric('throughline_journal_bytes')) === 0 ? true : undefined,
    );
    await chmod(join(dataDir, 'journal'), 0o500);
    expect(await client.send([span()])).toEqual(refusal('the folder may not be written'));
    await chmod(join(dataDir, 'journal'), 0o700);
    await client.expectWell();
    // And between the acknowledgement and the removal of what was loaded.
    const kept = [await client.keep()];
    await chmod(join(dataDir, 'journal'), 0o500);
    await client.expectReadable(kept);
    await chmod(join(dataDir, 'journal'), 0o700);
    kept.push(await client.keep());
    await client.expectReadable(kept);
    await waitFor('an empty journal', async () =>
      (await client.metric('throughline_journal_bytes')) === 0 ? true : undefined,
    );
    await client.expectReadable(kept);
  });
});

describe('a disk that fails', () => {
  const folderOf = async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'throughline-failing-'));
    closers.push(() => rm(dataDir, { recursive: true, force: true }));
    return dataDir;
  };

  // What the system has in memory of a file whose fsync failed need not be on disk, and the next fsync says nothing of
  // it: https://www.usenix.org/conference/atc20/presentation/rebello
  it('at an fsync: the request is refused, its bytes are cut off, and the next gets a new segment', async () => {
    const dataDir = await folderOf();
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
    `at large files: refused in words, and what was before is loaded${noLimits ? ` (skipped: ${noLimits})` : ''}`,
    async () => {
      const dataDir = await folderOf();
      const server = spawnServer(dataDir);
      const client = createClient(await server.listening);
      const before = await client.keep();
      await client.expectReadable([before]);
      limit(server, 'fsize', 65_536);
      expect(await client.send(large())).toEqual(refusal('a file may not become so large'));
      const small = await client.keep();
      await client.expectReadable([before]);
      limit(server, 'fsize', 'unlimited');
      const all = large();
      expect(await client.send(all)).toMatchObject({ status: 200 });
      await client.expectReadable([before, small, ...all]);
      await client.expectWell();
    },
  );

  it.skipIf(noLimits)(
    `at opening files: refused in words, and by itself again${noLimits ? ` (skipped: ${noLimits})` : ''}`,
    async () => {
      const dataDir = await folderOf();
      const server = spawnServer(dataDir);
      const client = createClient(await server.listening);
      const before = await client.keep();
      await client.expectReadable([before]);
      // Room for three more: a connection, but not all files of a segment. The limit is on their numbers.
      const taken = new Set((await readdir(`/proc/${server.pid}/fd`)).map(Number));
      const free = [...Array(taken.size + 4).keys()].filter((number) => !taken.has(number));
      limit(server, 'nofile', free[3] as number);
      expect(await client.send([span()])).toEqual(refusal('too many files are open'));
      limit(server, 'nofile', 1_024);
      await client.expectWell();
      await client.expectReadable([before]);
    },
  );
});
