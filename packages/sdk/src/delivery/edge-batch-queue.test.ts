import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Batch } from './batch-queue.ts';
import { EdgeBatchQueue } from './edge-batch-queue.ts';
import type { SendResult } from './retry.ts';

const batch = (items: number): Batch => ({
  url: 'https://example/v1/traces',
  headers: {},
  body: new Uint8Array(1),
  items,
  uncounted: 0,
});
const ACCEPTED: SendResult = { outcome: 'accepted', body: undefined, contentType: '' };
const NEVER = new Promise<SendResult>(() => {});

/** Creates a queue whose attempts get these results in order, and records the outcome of each batch. */
function queueWith(answers: readonly (SendResult | Promise<SendResult>)[], requestTimeoutMs = 1_000) {
  const settled: [items: number, outcome: string][] = [];
  let attempts = 0;
  const queue = new EdgeBatchQueue({
    transport: { send: async () => answers[attempts++] ?? ACCEPTED, hold: () => {}, close: () => {} },
    requestTimeoutMs,
    onRetry: () => {},
    onSettled: ({ items }, { outcome }) => settled.push([items, outcome]),
  });
  return { queue, settled, attempts: () => attempts };
}
/** Resolves after all pending work that does not wait for a timer. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('EdgeBatchQueue', () => {
  it('sends a batch without waiting for an unfinished one of an earlier request', async () => {
    const { queue, settled } = queueWith([NEVER]);
    queue.push(batch(1));
    queue.push(batch(2));
    await turn();
    expect(settled).toEqual([[2, 'accepted']]);
  });

  it('takes over a batch once if it has had no response within the timeout', async () => {
    let answer = (_: SendResult) => {};
    const late = new Promise<SendResult>((resolve) => {
      answer = resolve;
    });
    vi.useFakeTimers({ toFake: ['Date'], now: 0 });
    onTestFinished(() => void vi.useRealTimers());
    const { queue, settled } = queueWith([late], 1_000);
    queue.push(batch(1));
    queue.hurry();
    await turn();
    expect(settled).toEqual([]);
    vi.setSystemTime(1_001);
    queue.hurry();
    await turn();
    answer(ACCEPTED);
    await turn();
    expect(settled).toEqual([[1, 'accepted']]);
  });

  it('does not take over a batch that is still in flight', async () => {
    const { queue, attempts } = queueWith([NEVER]);
    queue.push(batch(1));
    queue.hurry();
    await turn();
    expect(attempts()).toBe(1);
  });

  it('hurry() sends a batch that waits for a retry', async () => {
    const { queue, settled } = queueWith([{ outcome: 'retry', reason: 'HTTP 503', afterMs: 60_000 }]);
    queue.push(batch(1));
    await turn();
    queue.hurry();
    await turn();
    expect(settled).toEqual([[1, 'accepted']]);
    queue.close();
  });

  it('drops all batches when it is closed', async () => {
    const { queue, settled } = queueWith([NEVER, NEVER]);
    queue.push(batch(1));
    queue.push(batch(2));
    queue.close();
    expect([settled, queue.dropOldest()]).toEqual([
      [
        [1, 'dropped'],
        [2, 'dropped'],
      ],
      false,
    ]);
  });
});
