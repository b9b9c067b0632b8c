/** Traces that are not trees, times that are impossible, and unusual sizes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Trace, TraceSummary } from '../../packages/server/src/contract/trace.ts';
import { encodeTracesProtobuf } from '../../packages/server/src/testing/otlp/encode-traces.ts';
import { rawSpan } from '../../packages/server/src/testing/raw-span.ts';
import { waitFor } from '../support/wait-for.ts';
import {
  countedBy,
  type FaultServer,
  newSpanId,
  newTraceId,
  PROTOBUF_TYPE,
  request,
  START,
  span,
  startFaultServer,
} from './support.ts';

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer('trace-semantics');
});
afterAll(async () => {
  await server?.expectWell();
  await server?.expectNothingElse();
  await server?.stop();
});

/** Sends the spans of a new trace, whose names are their ids. `parents` contains the parent of each by name. */
async function sendTree(
  parents: Readonly<Record<string, string>>,
): Promise<{ trace: Trace; tree: string[] }> {
  const traceId = newTraceId();
  const ids = new Map<string, string>();
  const idOf = (name: string): string => {
    const id = ids.get(name) ?? newSpanId();
    ids.set(name, id);
    return id;
  };
  const spans = Object.entries(parents).map(([name, parent], index) =>
    span({
      traceId,
      spanId: idOf(name),
      name,
      ...(parent !== '' && { parentSpanId: idOf(parent) }),
      startTimeUnixNano: String(START + BigInt(index)),
    }),
  );
  expect(await server.post({ body: request(spans) })).toEqual({ status: 200, text: '{}' });
  const trace = await server.getTrace(traceId, spans.length);
  const text = await server.getTextTree(traceId);
  return { trace, tree: text.split('\n').flatMap((line) => /\b[a-z]\b/.exec(line)?.[0] ?? []) };
}

describe('a trace that is not a tree contains every span once', () => {
  it.each<readonly [what: string, parents: Readonly<Record<string, string>>]>([
    ['an orphan, whose parent never came', { a: 'x' }],
    ['two roots', { a: '', b: '', c: 'b' }],
    ['a root and an orphan', { a: '', b: 'a', c: 'x' }],
    ['a span that is its own parent', { a: 'a' }],
    ['a span that is its own parent, with children', { a: 'a', b: 'a', c: 'b' }],
    ['a cycle of two', { a: 'b', b: 'a' }],
    ['a cycle of three with a tail, beside a tree', { a: 'c', b: 'a', c: 'b', d: 'b', e: '', f: 'e' }],
    ['children before their parents', { c: 'b', b: 'a', a: '' }],
  ])('%s', async (_what, parents) => {
    const names = Object.keys(parents).sort();
    const { trace, tree } = await sendTree(parents);
    expect(trace.spanCount).toBe(names.length);
    expect(trace.spans.map(({ name }) => name).sort()).toEqual(names);
    expect(tree.toSorted()).toEqual(names);
    expect(trace.durationMs).toBeGreaterThan(0);
    const listed = await server.listTraces(100);
    expect(listed.filter(({ traceId }) => traceId === trace.traceId)).toMatchObject([
      { spanCount: names.length },
    ]);
  });

  it('a chain of 1,500 spans', async () => {
    const traceId = newTraceId();
    const ids = Array.from({ length: 1500 }, newSpanId);
    const spans = ids.map((spanId, index) =>
      rawSpan({ traceId, spanId, parentSpanId: ids[index - 1] ?? '', name: `level ${index}` }),
    );
    const body = encodeTracesProtobuf(spans);
    expect(await server.post({ body, headers: PROTOBUF_TYPE })).toEqual({ status: 200, text: '' });
    const trace = await server.getTrace(traceId, 1500);
    expect(trace).toMatchObject({ name: 'level 0', spanCount: 1500 });
    const lines = (await server.getTextTree(traceId)).trimEnd().split('\n');
    expect(lines).toHaveLength(1500);
    expect(lines[1499]).toContain('level 1499');
  });
});

describe('data that arrives twice is stored once', () => {
  it('a span twice in one request, and the request twice', async () => {
    const traceId = newTraceId();
    const root = span({ traceId, name: 'root' });
    const child = span({ traceId, name: 'child', parentSpanId: root.spanId });
    const body = request([root, child, root, child]);
    for (let delivery = 0; delivery < 2; delivery++)
      expect(await server.post({ body })).toEqual({ status: 200, text: '{}' });
    const last = span({ traceId, name: 'last' });
    await server.post({ body: request([last]) });
    const trace = await server.getTrace(traceId, 3);
    expect([trace.spanCount, trace.spans.length]).toEqual([3, 3]);
    expect(trace.spans.map(({ name }) => name).sort()).toEqual(['child', 'last', 'root']);
  });

  it('a span that is sent again with its end is the same span, ended', async () => {
    const running = span({ name: 'running', endTimeUnixNano: '0' });
    await server.post({ body: request([running]) });
    const before = await server.getTrace(running.traceId, 1);
    expect(before).toMatchObject({ durationMs: null, spans: [{ durationMs: null }] });
    expect((await server.getSpan(running)).endTime).toBeNull();
    await server.post({ body: request([{ ...running, endTimeUnixNano: String(START + 7_000_000n) }]) });
    const after = await waitFor('the end', async () => {
      const trace = await server.getTrace(running.traceId, 1);
      return trace.durationMs === null ? undefined : trace;
    });
    expect(after).toMatchObject({ spanCount: 1, durationMs: 7, spans: [{ durationMs: 7 }] });
  });

  it('one trace id in two projects is two traces', async () => {
    const traceId = newTraceId();
    const [here, there] = [span({ traceId, name: 'here' }), span({ traceId, name: 'there' })];
    await server.post({ body: request([here]) });
    await server.post({
      body: request([there]),
      headers: { 'content-type': 'application/json', 'x-throughline-project': 'elsewhere' },
    });
    const other = await waitFor('the other project', async () =>
      (await server.listTraces(10, 'elsewhere')).find((trace) => trace.traceId === traceId),
    );
    expect(other).toMatchObject({ name: 'there', spanCount: 1 });
    const trace = await server.getTrace(traceId, 1);
    expect(trace.spans.map(({ name }) => name)).toEqual(['here']);
  });
});

describe('times', () => {
  /** 2^63 - 1 is not used, so that a range of time can end after every span. */
  const LAST = 2n ** 63n - 2n;
  it.each<readonly [what: string, start: bigint, end: bigint, startTime: string, durationMs: number]>([
    ['no duration', START, START, '2026-11-18T11:06:40.000000001Z', 0],
    ['an end before the start', START, START - 5_000_000n, '2026-11-18T11:06:40.000000001Z', 0],
    ['the first nanosecond of 1970', 1n, 2_000_001n, '1970-01-01T00:00:00.000000001Z', 2],
    ['the last nanosecond of 2262', LAST, LAST, '2262-04-11T23:47:16.854775806Z', 0],
    ['from 1970 to 2262', 1n, LAST, '1970-01-01T00:00:00.000000001Z', 9_223_372_036_854.775],
    [
      'seconds taken for nanoseconds',
      1_795_000_000n,
      1_795_000_001n,
      '1970-01-01T00:00:01.795000000Z',
      0.000001,
    ],
    [
      'the year 2100',
      4_102_444_800_000_000_000n,
      4_102_444_801_000_000_000n,
      '2100-01-01T00:00:00.000000000Z',
      1000,
    ],
  ])('%s', async (_what, start, end, startTime, durationMs) => {
    const good = span();
    const odd = span({ startTimeUnixNano: String(start), endTimeUnixNano: String(end) });
    expect(await server.post({ body: request([odd, good]) })).toEqual({ status: 200, text: '{}' });
    await server.getTrace(good.traceId, 1);
    const trace = await server.getTrace(odd.traceId, 1);
    expect(trace.spans).toMatchObject([{ startTime }]);
    expect(trace.spans[0]?.durationMs).toBeCloseTo(durationMs, 2);
    expect(await server.getSpan(odd)).toMatchObject({ spanId: odd.spanId, startTime });
    for (const sort of ['startTime', '-startTime', '-durationMs']) {
      const query = `project=trace-semantics&from=${startTime}&sort=${sort}&limit=200`;
      const response = await fetch(`${server.url}/api/v1/traces?${query}`);
      const { traces } = (await response.json()) as { traces: TraceSummary[] };
      expect(traces.map(({ traceId }) => traceId)).toContain(odd.traceId);
      if (start <= START) expect(traces.map(({ traceId }) => traceId)).toContain(good.traceId);
    }
    // Pages send this request first.
    const volume = await fetch(`${server.url}/api/v1/traces/summary?project=trace-semantics`);
    expect(volume.status).toBe(200);
  });

  it('a time one nanosecond beyond the supported range is rejected, but not its neighbour', async () => {
    const good = span();
    const late = span({ endTimeUnixNano: String(LAST + 1n) });
    const counted = await countedBy(server, async () => {
      const { status, text } = await server.post({ body: request([late, good]) });
      expect([status, JSON.parse(text)]).toEqual([
        200,
        {
          partialSuccess: {
            rejectedSpans: '1',
            errorMessage:
              '1 of 2 spans were rejected. 1: a time is after 2262-04-11; times are nanoseconds since 1970.',
          },
        },
      ]);
    });
    expect(counted).toEqual({ 'time-out-of-range': 1 });
    await server.getTrace(good.traceId, 1);
    expect(await server.findTrace(late.traceId)).toBeUndefined();
  });

  it('children before and after their parent, because of a wrong clock, keep their times', async () => {
    const traceId = newTraceId();
    const hour = 3_600_000_000_000n;
    const parent = span({ traceId, name: 'parent' });
    const at = (offset: bigint, name: string) =>
      span({
        traceId,
        name,
        parentSpanId: parent.spanId,
        startTimeUnixNano: String(START + offset),
        endTimeUnixNano: String(START + offset + 1_000_000n),
      });
    await server.post({ body: request([parent, at(-hour, 'early'), at(72n * hour, 'three days late')]) });
    const trace = await server.getTrace(traceId, 3);
    expect(trace).toMatchObject({ name: 'parent', durationMs: 73 * 3_600_000 + 1 });
    expect(trace.spans.map(({ name, startTime }) => [name, startTime])).toEqual([
      ['early', '2026-11-18T10:06:40.000000001Z'],
      ['parent', '2026-11-18T11:06:40.000000001Z'],
      ['three days late', '2026-11-21T11:06:40.000000001Z'],
    ]);
  });
});

it('links to traces and spans that do not exist are returned unchanged', async () => {
  const links = [
    { traceId: newTraceId(), spanId: newSpanId(), traceState: 'a=1', attributes: [] },
    { traceId: '0'.repeat(32), spanId: '0'.repeat(16) },
    {},
  ];
  const sent = span({ links: [...links, { traceId: newTraceId(), spanId: newSpanId() }] });
  expect(await server.post({ body: request([sent]) })).toEqual({ status: 200, text: '{}' });
  await server.getTrace(sent.traceId, 1);
  const found = await server.getSpan(sent);
  expect(found.links).toHaveLength(4);
  expect(found.links[0]).toMatchObject({ ...links[0], attributes: {}, flags: 0 });
  expect(found.links[1]).toMatchObject({ traceId: '0'.repeat(32), spanId: '0'.repeat(16) });
  expect(found.links[2]).toMatchObject({ traceId: '', spanId: '' });
});

it('a trace of 100,000 spans can be read as a whole, and other traces meanwhile', async () => {
  const traceId = newTraceId();
  const rootId = newSpanId();
  const BATCH = 10_000;
  for (let batch = 0; batch < 10; batch++) {
    const spans = Array.from({ length: BATCH }, (_, index) => {
      const at = batch * BATCH + index;
      return rawSpan({
        traceId,
        spanId: at === 0 ? rootId : (2 ** 44 + at).toString(16).padStart(16, '0'),
        parentSpanId: at === 0 ? '' : rootId,
        name: `span ${at}`,
        startTimeUnixNano: START + BigInt(at),
        endTimeUnixNano: START + BigInt(at) + 1000n,
      });
    });
    const answer = await server.post({ body: encodeTracesProtobuf(spans), headers: PROTOBUF_TYPE });
    expect(answer).toEqual({ status: 200, text: '' });
  }
  const small = span({ name: 'small' });
  await server.post({ body: request([small]) });
  expect((await server.getTrace(small.traceId, 1)).name).toBe('small');
  const trace = await server.getTrace(traceId, 100_000);
  expect([trace.name, trace.spanCount, trace.spans.length]).toEqual(['span 0', 100_000, 100_000]);
  expect(new Set(trace.spans.map(({ spanId }) => spanId)).size).toBe(100_000);
  expect(trace.spans[99_999]).toMatchObject({ name: 'span 99999', parentSpanId: rootId });
});
