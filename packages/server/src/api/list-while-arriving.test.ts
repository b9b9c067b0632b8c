import { afterAll, beforeAll, expect, it } from 'vitest';
import { type TraceSummary, traceList } from '../contract/trace.ts';
import { encodeTracesProtobuf } from '../testing/otlp/encode-traces.ts';
import { rawSpan } from '../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const TRACES = 24;
const PAGE = 10;
const START = 1_795_000_000_000_000_000n;
const SPAN_IDS = ['3', '2', '1'].map((digit) => digit.repeat(16));

/** Sends all traces in three requests: first the leaves, then their parents, the roots last. */
async function sendLeafFirst(traces: readonly number[]): Promise<void> {
  for (const [depth, spanId] of SPAN_IDS.entries()) {
    const spans = traces.map((number) => {
      const startTimeUnixNano = START + BigInt(number * 10_000_000 + (2 - depth) * 25_000_000);
      return rawSpan({
        traceId: number.toString(16).padStart(32, 'a'),
        spanId,
        parentSpanId: SPAN_IDS[depth + 1] ?? '',
        startTimeUnixNano,
        endTimeUnixNano: startTimeUnixNano + 1_000_000n,
      });
    });
    const response = await fetch(`${server.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'x-throughline-project': 'shop' },
      body: new Uint8Array(encodeTracesProtobuf(spans)),
    });
    expect(response.status).toBe(200);
  }
}

async function readAllPages(): Promise<TraceSummary[]> {
  const traces: TraceSummary[] = [];
  let cursor = '';
  do {
    const response = await fetch(`${server.url}/api/v1/traces?project=shop&limit=${PAGE}${cursor}`);
    expect(response.status).toBe(200);
    const page = traceList.parse(await response.json());
    traces.push(...page.traces);
    cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
  } while (cursor !== '');
  return traces;
}

it('a trace that is complete is listed exactly once while other traces arrive with their leaves first', async () => {
  const whole = new Set<string>();
  const sent = (async () => {
    for (let first = 0; first < TRACES; first += 6) {
      await sendLeafFirst(Array.from({ length: 6 }, (_, index) => (first + index * 5) % TRACES));
    }
  })();
  while (whole.size < TRACES) {
    const traces = await readAllPages();
    for (const traceId of whole) {
      expect(traces.filter((trace) => trace.traceId === traceId)).toHaveLength(1);
    }
    for (const { traceId, spanCount } of traces) if (spanCount === SPAN_IDS.length) whole.add(traceId);
  }
  await sent;
});
