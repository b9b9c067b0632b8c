import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openTestStore, type TestStore } from '../testing/test-store.ts';
import type { LiveMessage } from './live-message.ts';
import { createLiveTail } from './live-tail.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

it('a segment that cannot be read is reported to every listener and to the server', async () => {
  const onSkipped = vi.fn();
  const live = createLiveTail({ engine: store.engine, onSkipped });
  const received: string[] = [];
  for (const project of ['mine', 'yours'])
    live.subscribe(project, ({ bytes }: LiveMessage) => received.push(`${project} ${Buffer.from(bytes)}`));
  const missing = { name: 'spans', path: '/nowhere/segment', bytes: 9, rows: 9, structure: 'project String' };
  await live.onLoaded({ tables: [missing] });
  const event = 'event: lagged\ndata: {"spans":null,"scores":null}\n\n';
  expect(received).toEqual([`mine ${event}`, `yours ${event}`]);
  expect(onSkipped.mock.calls).toEqual([[expect.objectContaining({ name: 'QueryError' })]]);
});
