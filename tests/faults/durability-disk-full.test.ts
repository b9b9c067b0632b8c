/** Full disks, while the server runs and when it starts. */
import { readdir, stat } from 'node:fs/promises';
import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import { encodeTracesProtobuf } from '../../packages/server/src/testing/otlp/encode-traces.ts';
import { rawSpan } from '../../packages/server/src/testing/raw-span.ts';
import { waitFor } from '../support/wait-for.ts';
import { type Disks, whyNoDisks } from './disk.ts';
import { cleanUp, largeSpans, MIB, mount, startOn } from './on-disks.ts';
import { PROJECT, type ProcessClient, refusal } from './process-client.ts';
import { complaintsOf, spawnServer } from './server-process.ts';
import { newSpanId, newTraceId, START, span } from './support.ts';

const noDisks = whyNoDisks();
afterEach(cleanUp);

describe.skipIf(noDisks)(`a full disk${noDisks ? ` (skipped: ${noDisks})` : ''}`, () => {
  it('if the disk of the journal is full, requests get 503 with the reason and store nothing, and the server recovers when there is space', async () => {
    const disks = await mount(2 * MIB);
    const { server, client } = await startOn(disks);
    const before = await client.keep();
    await client.expectReadable([before]);
    const free = await disks.fill('journal', 100_000);

    // Only a part of this fits. The server truncates the file to remove the part that was written.
    const half = largeSpans();
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
    // It is logged once, not at each attempt.
    expect(complaintsOf(server.log()).filter((line) => line.includes('could not be written'))).toHaveLength(
      1,
    );
    // Reading continues, and the rejected requests leave neither rows nor files.
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
    await (await startOn(disks)).client.expectReadable([before, after, ...half]);
  });

  it('if the disk becomes full in the middle of a segment, its earlier rows are kept', async () => {
    const disks = await mount(2 * MIB);
    const { server, client } = await startOn(disks);
    // The store accepts nothing, so that the segment stays open or waits.
    const freeStore = await disks.fill('');
    const kept = [await client.keep(), await client.keep(), await client.keep()];
    const free = await disks.fill('journal', 100_000);
    const refused = largeSpans();
    expect(await client.send(refused)).toEqual(refusal('the disk is full'));
    expect(await client.metric('throughline_journal_bytes')).toBeGreaterThan(0);
    // Kill the server in this state, and start it when the disks have space.
    await server.kill();
    await free();
    await freeStore();
    const again = await startOn(disks);
    await again.client.expectReadable(kept);
    for (const { traceId } of refused) expect(await again.client.findTrace(traceId)).toBeUndefined();
    await again.client.expectWell();
    expect(await again.client.metric('throughline_journal_quarantined_bytes')).toBe(0);
  });

  it('if the disk of the store is full, spans are acknowledged, and readable when there is space', async () => {
    const disks = await mount(8 * MIB);
    const { client } = await startOn(disks);
    const before = await client.keep();
    await client.expectReadable([before]);
    const free = await disks.fill('');
    const during = [await client.keep(), ...largeSpans()];
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
    await client.waitForEmptyJournal();
    await client.expectWell();
  });

  it('if both disks are full, requests get 503, and the server recovers when there is space', async () => {
    const disks = await mount();
    const { server, client } = await startOn(disks);
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

  it('if the disk is full at the start, the server reports it and ends, and starts when there is space', async () => {
    const disks = await mount();
    const { server, client } = await startOn(disks);
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
    const again = await startOn(disks);
    await again.client.expectReadable([before]);
    await again.client.expectWell();
  });
});

/** Scores, logs and gRPC on a full disk. */
async function expectRefusedAtOtherDoors({ url, grpcUrl }: ProcessClient): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const score = { traceId: newTraceId(), name: 'good', value: 1 };
  const scores = await fetch(`${url}/api/v1/scores?project=${PROJECT}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(score),
  });
  expect([scores.status, scores.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[23]$/)]);
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
  expect([logs.status, logs.headers.get('retry-after')]).toEqual([503, expect.stringMatching(/^[23]$/)]);
  const { code, details } = await exportOverGrpc(grpcUrl);
  expect([code, details]).toEqual([status.UNAVAILABLE, 'the journal could not be written: the disk is full']);
}

/** Sends one span and returns the error of the call. */
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

/** The files of the journal and their total size. */
async function journalOf(disks: Disks): Promise<{ files: string[]; bytes: number }> {
  const names = (await readdir(disks.path('journal'))).filter((name) => !name.startsWith('.'));
  const sizes = await Promise.all(
    names.map(async (name) => (await stat(disks.path(`journal/${name}`))).size),
  );
  return { files: names, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
