import { describe, expect, it } from 'vitest';
import type { Parcel } from './lane.ts';
import { RequestLane } from './request-lane.ts';
import type { SendResult } from './retry.ts';

const parcel = (items: number): Parcel => ({
  url: 'https://example/v1/traces',
  headers: {},
  body: new Uint8Array(1),
  items,
  uncounted: 0,
});
const ACCEPTED: SendResult = { outcome: 'accepted', body: undefined, contentType: '' };
const NEVER = new Promise<SendResult>(() => {});

/** A lane whose attempts end as they are told, one after the other, and what became of its parcels. */
function laneWith(answers: readonly (SendResult | Promise<SendResult>)[], requestTimeoutMs = 1_000) {
  const settled: [items: number, outcome: string][] = [];
  let attempts = 0;
  const lane = new RequestLane({
    transport: { send: async () => answers[attempts++] ?? ACCEPTED, hold: () => {}, close: () => {} },
    requestTimeoutMs,
    onRetry: () => {},
    onSettled: ({ items }, { outcome }) => settled.push([items, outcome]),
  });
  return { lane, settled, attempts: () => attempts };
}
const turn = () => new Promise((resolve) => setTimeout(resolve, 2));

describe('at the edge', () => {
  it('a parcel does not wait for one that a request left behind', async () => {
    const { lane, settled } = laneWith([NEVER]);
    lane.push(parcel(1));
    lane.push(parcel(2));
    await turn();
    expect(settled).toEqual([[2, 'accepted']]);
  });

  it('what has had no answer for too long is taken over, once', async () => {
    let answer = (_: SendResult) => {};
    const late = new Promise<SendResult>((resolve) => {
      answer = resolve;
    });
    const { lane, settled } = laneWith([late], 1);
    lane.push(parcel(1));
    lane.hurry();
    await turn();
    lane.hurry();
    await turn();
    answer(ACCEPTED);
    await turn();
    expect(settled).toEqual([[1, 'accepted']]);
  });

  it('what is under way is left alone', async () => {
    const { lane, attempts } = laneWith([NEVER]);
    lane.push(parcel(1));
    lane.hurry();
    await turn();
    expect(attempts()).toBe(1);
  });

  it('what waits for its next attempt is tried at once', async () => {
    const { lane, settled } = laneWith([{ outcome: 'retry', reason: 'HTTP 503', afterMs: 60_000 }]);
    lane.push(parcel(1));
    await turn();
    lane.hurry();
    await turn();
    expect(settled).toEqual([[1, 'accepted']]);
    lane.close();
  });

  it('gives up everything when it is closed', async () => {
    const { lane, settled } = laneWith([NEVER, NEVER]);
    lane.push(parcel(1));
    lane.push(parcel(2));
    lane.close();
    expect([settled, lane.dropOldest()]).toEqual([
      [
        [1, 'dropped'],
        [2, 'dropped'],
      ],
      false,
    ]);
  });
});
