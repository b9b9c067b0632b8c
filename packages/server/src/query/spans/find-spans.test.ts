import { eventually } from '@throughline/tests/eventually';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';
import { findSpans } from './find-spans.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** A UUID of version 7 for a time. Its last digits are `end`. */
function uuid7(timeMs: number, end: number): string {
  const time = timeMs.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(end).padStart(12, '0')}`;
}

const find = async (spanIds: readonly string[]) => {
  const found = await findSpans(server.engine, spanIds, new AbortController().signal);
  return found.map(({ spanId, project, traceId }) => `${spanId} ${project} ${traceId}`).sort();
};

it('finds roots by their id, and other spans near the times in their ids', async () => {
  const now = Date.now();
  const root = '11111111-1111-4111-8111-111111111111';
  const noTime = '22222222-2222-4222-8222-222222222222';
  const [today, yesterday, misdated] = [uuid7(now, 1), uuid7(now - 86_400_000, 2), uuid7(now - 3_600_000, 3)];
  const run = (id: string, timeMs: number, project: string) => ({
    ...{ id, trace_id: root, name: id, session_name: project, start_time: timeMs },
    ...(id !== root && { parent_run_id: root }),
  });
  const body = {
    post: [
      run(root, now, 'shop'),
      run(noTime, now, 'shop'),
      run(today, now, 'shop'),
      run(yesterday, now - 86_400_000, 'bank'),
      run(misdated, now, 'shop'),
    ],
  };
  const response = await fetch(`${server.url}/langsmith/runs/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(await response.json()).toEqual({});
  const ids = [root, noTime, today, yesterday, 'unknown'];
  await eventually('the spans', () => find(ids)).toEqual(
    [`${root} shop ${root}`, `${today} shop ${root}`, `${yesterday} bank ${root}`].sort(),
  );
  expect(await find([misdated])).toEqual([]);
});

it('accepts as many and as long ids as a request can have', async () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => uuid7(Date.now() - index * 86_400_000, index));
  expect(await find(ids)).toEqual([]);
  expect(await find(ids.map((id) => id.padEnd(800, 'x')))).toEqual([]);
});
