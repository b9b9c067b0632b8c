/** People reload pages and click quickly through traces, so many reads are aborted. That must not harm other reads. */
import { get } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Trace, traceList } from '../../packages/server/src/contract/trace.ts';
import { rawSpan } from '../../packages/server/src/testing/raw-span.ts';
import { startTestServer, type TestServer } from '../../packages/server/src/testing/test-server.ts';
import { newSpanId, newTraceId } from './support.ts';

const PROJECT = 'reloaded';
const SPANS = 10_000;
const ABORTED = 300;

let server: TestServer;
const large = newTraceId();
const small = newTraceId();
beforeAll(async () => {
  server = await startTestServer();
  const spans = Array.from({ length: SPANS }, () => rawSpan({ traceId: large, spanId: newSpanId() }));
  await server.send(PROJECT, [...spans, rawSpan({ traceId: small, spanId: newSpanId(), name: 'small' })]);
});
afterAll(() => server.stop());

const at = (path: string): string => `${server.url}/api/v1${path}project=${PROJECT}`;

/** Requests the large trace and disconnects after `ms`. Returns the status if the response was earlier. */
function reload(ms: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    let status: number | undefined;
    const request = get(at(`/traces/${large}?`), { agent: false }, (response) => {
      status = response.statusCode;
      response.resume();
    });
    const timer = setTimeout(() => request.destroy(), ms);
    request.on('error', () => {});
    request.once('close', () => {
      clearTimeout(timer);
      resolve(status);
    });
  });
}

async function read<Body>(path: string): Promise<Body> {
  const answer = await fetch(at(path));
  const text = await answer.text();
  expect([answer.status, answer.status === 200 ? '' : text]).toEqual([200, '']);
  return JSON.parse(text) as Body;
}

it(`${ABORTED} aborted reads of a large trace neither fail other reads nor mix with them`, async () => {
  let isOver = false;
  let answered = 0;
  const others = [
    async () => {
      const trace = await read<Trace>(`/traces/${small}?`);
      expect(trace.spans.map(({ name }) => name)).toEqual(['small']);
    },
    async () => {
      const { traces } = traceList.parse(await read('/traces?'));
      expect(traces.map(({ traceId, spanCount }) => [traceId, spanCount]).sort()).toEqual(
        [
          [large, SPANS],
          [small, 1],
        ].sort(),
      );
    },
  ].map(async (ask) => {
    for (; !isOver; answered++) await ask();
  });
  const statuses = await Promise.all(
    Array.from({ length: 6 }, async (_, reader) => {
      const seen: (number | undefined)[] = [];
      for (let index = reader; index < ABORTED; index += 6) seen.push(await reload((index * 13) % 150));
      return seen;
    }),
  ).finally(() => {
    isOver = true;
  });
  await Promise.all(others);
  for (const status of statuses.flat()) expect([undefined, 200]).toContain(status);
  expect(answered).toBeGreaterThan(10);
  expect((await read<Trace>(`/traces/${large}?`)).spans).toHaveLength(SPANS);
});
