/** Small updates of spans with much content, which the server has to read and to merge. */
import { waitFor } from '@throughline/tests/wait-for';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';
import { createTraceReader } from '../../testing/trace-reader.ts';

const SPANS = 12;
const CONTENT = 5_000_000;

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server?.stop());

const BASIC = { authorization: `Basic ${Buffer.from('pk-lf-shop:any').toString('base64')}` };
const STARTED = new Date(Date.now() - 6 * 3_600_000).toISOString();

async function ingest(type: string, bodies: readonly object[]): Promise<unknown> {
  const batch = bodies.map((body, index) => ({
    id: `${type} ${index}`,
    type,
    timestamp: new Date().toISOString(),
    body,
  }));
  const response = await fetch(`${server.url}/api/public/ingestion`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...BASIC },
    body: JSON.stringify({ batch }),
  });
  const { errors } = (await response.json()) as { errors: unknown };
  return [response.status, errors];
}

it('one request can update more content than is merged at a time, and all of it stays', async () => {
  const ids = Array.from({ length: SPANS }, (_, index) => ({ id: `span-${index}`, traceId: 'large' }));
  for (const [index, id] of ids.entries()) {
    const input = `${index} `.padEnd(CONTENT, 'a few words of content ');
    const body = { ...id, name: `step ${index}`, startTime: STARTED, input };
    expect(await ingest('span-create', [body])).toEqual([207, []]);
  }
  const updates = ids.map((id, index) => ({ ...id, statusMessage: `updated ${index}` }));
  expect(await ingest('span-update', updates)).toEqual([207, []]);

  const reader = createTraceReader(server.url, 'shop', { isLoaded: () => server.journal.isEmpty });
  const [first] = await waitFor('the trace in the list', async () => {
    const found = await reader.listTraces(1);
    return server.journal.isEmpty && found.length > 0 && found;
  });
  const trace = await reader.getTrace(first?.traceId ?? '', SPANS);
  const steps = trace.spans.filter(({ name }) => name.startsWith('step'));
  expect(steps).toHaveLength(SPANS);
  for (const { name, spanId } of steps) {
    const number = name.slice('step '.length);
    const { statusMessage, input } = await reader.getSpan({ traceId: trace.traceId, spanId });
    expect([statusMessage, input?.text.slice(0, 24)]).toEqual([
      `updated ${number}`,
      `${number} a few words of content `.slice(0, 24),
    ]);
  }
});
