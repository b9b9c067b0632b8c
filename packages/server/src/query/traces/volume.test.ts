import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectList } from '../../contract/project.ts';
import { parseTimestamp } from '../../contract/timestamps.ts';
import { traceVolume as schema } from '../../contract/trace.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { listProjects } from '../list-projects.ts';
import { projectScope } from '../project-scope.ts';
import { traceVolume, type VolumeOptions } from './volume.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
  const span = (trace: string, at: string, rest: Record<string, unknown> = {}) => ({
    trace_id: trace,
    span_id: `${trace}-root`,
    start: `2026-11-20 10:${at}`,
    ...rest,
  });
  const rows = [
    span('a', '00:10', { duration_ns: 1_000_000_000 }),
    span('a', '00:11', {
      span_id: 'x',
      parent_span_id: 'a-root',
      counted: true,
      cost_usd: '0.25',
      status: 'error',
    }),
    span('b', '00:59', { duration_ns: 3_000_000_000, status: 'error' }),
    span('c', '02:00', { duration_ns: 2_000_000_000, counted: true, cost_usd: '0.5' }),
    // This trace has no root, and one of its two spans failed.
    span('d', '02:30', { parent_span_id: 'gone' }),
    span('d', '02:31', { span_id: 'y', parent_span_id: 'gone', status: 'error', duration_ns: null }),
    span('z', '00:30', { project: 'other' }),
  ];
  await store.insertSpans(...rows);
  await store.insertSpans(...rows);
});
afterAll(() => store.close());

const ns = (text: string) => parseTimestamp(text) as bigint;
const volume = (options: Partial<VolumeOptions> = {}, project = 'p') =>
  traceVolume(projectScope(store.engine, project), { buckets: 60, ...options });

const figures = (p50DurationMs: number | null, p95DurationMs: number | null, costUsd: number | null) => ({
  p50DurationMs,
  p95DurationMs,
  costUsd,
  unpricedCalls: 0,
});

describe('traceVolume', () => {
  it('counts traces by their start, and failures by their roots', async () => {
    const found = await volume({
      fromNs: ns('2026-11-20T10:00:00Z'),
      toNs: ns('2026-11-20T10:04:00Z'),
      buckets: 4,
    });
    expect(schema.parse(found)).toEqual(found);
    expect(found).toEqual({
      from: '2026-11-20T10:00:00.000000000Z',
      to: '2026-11-20T10:04:00.000000000Z',
      bucketSeconds: 60,
      buckets: [
        { startTime: '2026-11-20T10:00:00.000000000Z', traces: 2, errors: 1, ...figures(1001, 3000, 0.25) },
        { startTime: '2026-11-20T10:01:00.000000000Z', traces: 0, errors: 0, ...figures(null, null, null) },
        { startTime: '2026-11-20T10:02:00.000000000Z', traces: 2, errors: 1, ...figures(1000, 2000, 0.5) },
        { startTime: '2026-11-20T10:03:00.000000000Z', traces: 0, errors: 0, ...figures(null, null, null) },
      ],
      traces: 4,
      errors: 2,
      errorRate: 0.5,
      p50DurationMs: expect.any(Number),
      p95DurationMs: expect.any(Number),
      costUsd: 0.75,
      unpricedCalls: 0,
      unpricedModels: [],
    });
    expect(found.p50DurationMs).toBeGreaterThan(0.9);
    expect(found.p50DurationMs).toBeLessThanOrEqual(2000);
    expect(found.p95DurationMs).toBeGreaterThan(2000);
  });

  it('names the calls and models without a price', async () => {
    const call = { project: 'unpriced', kind: 'llm', counted: true, cost_usd: null, input_tokens: 5 };
    await store.insertSpans(
      { ...call, trace_id: 'a', span_id: '1', model: 'local-a', cost_usd: '0.5' },
      { ...call, trace_id: 'a', span_id: '2', model: 'local-b' },
      { ...call, trace_id: 'b', span_id: '1', model: 'local-c' },
      { ...call, trace_id: 'b', span_id: '2', model: 'not counted', counted: false },
    );
    expect(await volume({}, 'unpriced')).toMatchObject({
      costUsd: 0.5,
      unpricedCalls: 2,
      unpricedModels: ['local-b', 'local-c'],
    });
  });

  it('begins days at midnight of the time zone', async () => {
    const days = (timeZone?: string) =>
      volume({ fromNs: ns('2026-11-19T12:00:00Z'), toNs: ns('2026-11-21T12:00:00Z'), buckets: 3, timeZone });
    const starts = async (timeZone?: string) =>
      (await days(timeZone)).buckets.map(({ startTime, traces }) => [startTime.slice(0, 16), traces]);
    expect(await starts()).toEqual([
      ['2026-11-19T00:00', 0],
      ['2026-11-20T00:00', 4],
      ['2026-11-21T00:00', 0],
    ]);
    expect(await starts('Asia/Kathmandu')).toEqual([
      ['2026-11-18T18:15', 0],
      ['2026-11-19T18:15', 4],
      ['2026-11-20T18:15', 0],
    ]);
    expect(await starts('America/New_York')).toEqual([
      ['2026-11-19T05:00', 0],
      ['2026-11-20T05:00', 4],
      ['2026-11-21T05:00', 0],
    ]);
  });

  it('covers all traces if no range is given', async () => {
    const found = await volume();
    expect(found).toMatchObject({ from: '2026-11-20T10:00:10.000000000Z', traces: 4, bucketSeconds: 5 });
    expect(found.buckets.reduce((sum, bucket) => sum + bucket.traces, 0)).toBe(4);
  });

  it('has null instead of zero for a range without traces', async () => {
    const found = await volume({ fromNs: ns('2020-01-01'), toNs: ns('2020-01-02'), buckets: 24 });
    expect(found).toMatchObject({
      traces: 0,
      errors: 0,
      errorRate: null,
      p50DurationMs: null,
      costUsd: null,
    });
    expect(found.buckets).toHaveLength(24);
  });

  it('returns empty results for a project without spans and for a range that ends before it starts', async () => {
    expect(await volume({}, 'nobody')).toMatchObject({ traces: 0, buckets: [] });
    expect(await volume({ fromNs: ns('2026-11-21'), toNs: ns('2026-11-20') })).toMatchObject({
      traces: 0,
      buckets: [],
    });
  });

  it.each([1, 7, 60, 500])('returns at most %d buckets, even for 200 years', async (buckets) => {
    const found = await volume({ fromNs: ns('1990-01-01'), toNs: ns('2190-01-01'), buckets });
    // The first bucket starts at a round time, so there can be one more.
    expect(found.buckets.length).toBeLessThanOrEqual(buckets + 1);
    expect(found.traces).toBe(4);
  });
});

describe('listProjects', () => {
  it('lists every project with spans, most recent first', async () => {
    const found = await listProjects(store.engine);
    expect(projectList.parse(found)).toEqual(found);
    expect(found.projects.map((project) => project.name)).toEqual(['p', 'other', 'unpriced']);
    expect(found.projects[1]?.lastSpanAt).toBe('2026-11-20T10:00:30.000000000Z');
  });
});
