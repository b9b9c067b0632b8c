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
    });
    expect(found.p50DurationMs).toBeGreaterThan(0.9);
    expect(found.p50DurationMs).toBeLessThanOrEqual(2000);
    expect(found.p95DurationMs).toBeGreaterThan(2000);
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
    expect(found.projects.map((project) => project.name)).toEqual(['p', 'other']);
    expect(found.projects[1]?.lastSpanAt).toBe('2026-11-20T10:00:30.000000000Z');
  });
});
