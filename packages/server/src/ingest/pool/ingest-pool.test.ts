import { afterEach, expect, test } from 'vitest';
import { createIngestPool, type IngestPool, type IngestPoolOptions } from './ingest-pool.ts';
import type { IngestTask } from './messages.ts';

const pools: IngestPool[] = [];
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));

function createPool(admission?: IngestPoolOptions['admission']): IngestPool {
  const pool = createIngestPool({ workers: 1, ...(admission && { admission }) });
  pools.push(pool);
  return pool;
}

const task = (body: Uint8Array): IngestTask => ({
  kind: 'otlp-traces',
  body,
  contentType: 'json',
  contentEncoding: 'identity',
  project: undefined,
  receivedUnixNano: 1n,
  maxBodyBytes: 64 << 20,
});

test('large bodies are moved to the worker, small ones are copied', async () => {
  const pool = createPool();
  const large = Buffer.concat([Buffer.from('{"x":"'), Buffer.alloc(1 << 20, 'x'), Buffer.from('"}')]);
  const small = Buffer.from('{}');
  expect(await pool.process(task(large))).toMatchObject({ kind: 'spans', accepted: 0 });
  expect(await pool.process(task(small))).toMatchObject({ kind: 'spans', accepted: 0 });
  expect([large.length, small.length]).toEqual([0, 2]);
});

test.each([
  ['objects', '{},', 'the JSON has more values'],
  ['lists', '[],', 'the JSON has more values'],
  ['properties', '{"a":1},', 'the JSON has more values'],
] as const)('64 MiB of %s are rejected and do not end a worker', async (_what, item, message) => {
  const count = Math.floor((64 << 20) / item.length) - 10;
  const bomb = Buffer.from(`{"x":[${item.repeat(count)}{}]}`);
  expect(await createPool().process(task(bomb))).toMatchObject({
    kind: 'failure',
    code: 'body-too-large',
    message: expect.stringContaining(message),
  });
});

test('waiting groups take turns, and no request starts while rows fill the memory', async () => {
  let begin = (): void => {};
  const admission = {
    hasRoomForRows: false,
    onLeave: (listener: () => void) => {
      begin = listener;
    },
  };
  const pool = createPool(admission);
  const order: string[] = [];
  const body = Buffer.from(JSON.stringify({ x: 'x'.repeat(1000) }));
  const send = (group: string) =>
    pool.process(task(new Uint8Array(body)), group).then(() => void order.push(group));
  const all = [...Array.from({ length: 8 }, () => send('noisy')), send('quiet')];
  expect(pool.queueSize).toBe(9);
  admission.hasRoomForRows = true;
  begin();
  await Promise.all(all);
  expect(order.slice(0, 3)).toContain('quiet');
  expect([order.length, pool.queueSize]).toEqual([9, 0]);
});

test('closing finishes the waiting requests', async () => {
  const pool = createPool();
  const all = Array.from({ length: 10 }, () => pool.process(task(Buffer.from('{}'))));
  await pool.close();
  expect(await Promise.all(all)).toHaveLength(10);
});
