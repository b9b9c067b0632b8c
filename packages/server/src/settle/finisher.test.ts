import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openTestStore, type TestStore } from '../testing/test-store.ts';
import { openFinishCursor } from './finish-cursor.ts';
import { createFinisher, type FinishedTrace, type FinisherParts } from './finisher.ts';
import { insertRows } from './settle-traces.ts';

const TIMES = { quietMs: 3, quietWithoutRootMs: 100, maxWaitMs: 1000 };
const START_NS = BigInt(Date.UTC(2026, 10, 20, 10)) * 1_000_000n;

let store: TestStore;
let folder: string;
let nowMs = 0;
beforeEach(async () => {
  if (store) await store.close();
  store = await openTestStore();
  folder = await mkdtemp(join(tmpdir(), 'throughline-finisher-'));
  nowMs = 0;
  return () => rm(folder, { recursive: true, force: true });
});
afterAll(() => store.close());

/** Opens a finisher on the same folder and store, as a start of the server does. */
async function open(parts: Partial<FinisherParts> = {}) {
  const reported: string[] = [];
  const finisher = createFinisher({
    engine: store.engine,
    cursor: await openFinishCursor(join(folder, 'finished')),
    onFinished: async (traces: readonly FinishedTrace[]) => {
      for (const { traceId, version, again } of traces)
        reported.push(`${traceId} ${version}${again ? ' again' : ''}`);
    },
    onWarning: vi.fn(),
    times: TIMES,
    now: () => nowMs,
    ...parts,
  });
  return { ...finisher, reported };
}

/** Stores a span and settles its trace. Each span is received at its own version. */
async function arrive(
  finisher: { settled: (traces: never[]) => Promise<void> },
  traceId: string,
  version: number,
  span: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await store.insertSpans({ trace_id: traceId, span_id: `s${version}`, version, ...span });
  const trace = { project: 'p', traceId, version: BigInt(version), fromNs: START_NS, toNs: START_NS };
  await finisher.settled([trace] as never[]);
}

const cursor = async () => Number(await readFile(join(folder, 'finished'), 'utf8'));

describe('the finisher', () => {
  it('reports a trace when its root has ended and it is quiet, and again when it has changed', async () => {
    const finisher = await open();
    await arrive(finisher, 'a', 100);
    nowMs = 2;
    await finisher.check();
    expect(finisher.reported).toEqual([]);
    nowMs = 3;
    await finisher.check();
    await finisher.check();
    // A version is the receipt of the newest span plus the number of spans.
    expect(finisher.reported).toEqual(['a 101']);
    await arrive(finisher, 'a', 200, { parent_span_id: 's100' });
    nowMs = 6;
    await finisher.check();
    expect(finisher.reported).toEqual(['a 101', 'a 202 again']);
    await finisher.stop();
  });

  it('reports nothing for a segment that is settled again without a change', async () => {
    const finisher = await open();
    await arrive(finisher, 'a', 100);
    nowMs = 3;
    await finisher.check();
    await arrive(finisher, 'a', 100);
    nowMs = 6;
    await finisher.check();
    expect(finisher.reported).toEqual(['a 101']);
    await finisher.stop();
  });

  it('waits longer for a trace whose root has not arrived or not ended', async () => {
    const finisher = await open();
    await arrive(finisher, 'child', 100, { parent_span_id: 'root' });
    await arrive(finisher, 'running', 101, { duration_ns: null });
    nowMs = 99;
    await finisher.check();
    expect(finisher.reported).toEqual([]);
    nowMs = 100;
    await finisher.check();
    expect(finisher.reported.toSorted()).toEqual(['child 101', 'running 102']);
    await finisher.stop();
  });

  it('loses no waiting trace in a crash, even one with an old version', async () => {
    const crashed = await open();
    await arrive(crashed, 'done', 5000);
    nowMs = 3;
    await crashed.check();
    expect([crashed.reported, await cursor()]).toEqual([['done 5001'], 5002]);
    await arrive(crashed, 'late', 700);
    expect(await cursor()).toBe(700);
    await arrive(crashed, 'new', 6000);

    const next = await open();
    await next.check();
    nowMs = 6;
    await next.check();
    expect(next.reported.toSorted()).toEqual(['done 5001', 'late 701', 'new 6001']);
    expect(await cursor()).toBe(6002);
    await Promise.all([crashed.stop(), next.stop()]);
  });

  it('starts without waiting traces after a stop at which all were reported', async () => {
    const first = await open();
    await arrive(first, 'a', 100);
    nowMs = 3;
    await first.check();
    await first.stop();
    const next = await open();
    nowMs = 10;
    await next.check();
    nowMs = 20;
    await next.check();
    expect(next.reported).toEqual([]);
    await next.stop();
  });

  it('reports traces again until the consumer has accepted them', async () => {
    const onFinished = vi.fn(async () => {});
    onFinished.mockRejectedValueOnce(new Error('busy'));
    const onWarning = vi.fn();
    const finisher = await open({ onFinished, onWarning });
    await arrive(finisher, 'a', 100);
    nowMs = 3;
    await finisher.check();
    expect([onWarning.mock.calls.length, await cursor()]).toEqual([1, 100]);
    await finisher.check();
    await finisher.check();
    expect([onFinished.mock.calls.length, await cursor()]).toEqual([2, 102]);
    await finisher.stop();
  });

  it('reads traces above its limit from the store, and reports each of them', async () => {
    const finisher = await open({ maxPending: 4 });
    const names = Array.from({ length: 30 }, (_, index) => `t${index}`);
    for (const [index, name] of names.entries()) {
      await store.engine.command(
        `INSERT INTO spans FORMAT JSONEachRow ${JSON.stringify({ project: 'p', trace_id: name, span_id: 's', start: '2026-11-20 10:00:00', duration_ns: 1, status: 'ok', version: 100 * (index + 1) })}`,
      );
    }
    await insertRows(store.engine, { kind: 'sql', texts: ['1'], values: [] });
    await finisher.settled(
      names.map((traceId, index) => ({
        project: 'p',
        traceId,
        version: BigInt(100 * (index + 1)),
        fromNs: START_NS,
        toNs: START_NS,
      })),
    );
    for (nowMs = 3; nowMs < 200; nowMs += 3) await finisher.check();
    const expected = names.map((name, index) => `${name} ${100 * (index + 1) + 1}`);
    expect(finisher.reported.toSorted()).toEqual(expected.toSorted());
    await finisher.stop();
  });
});
