import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { projectScope } from '../project-scope.ts';
import { traceHeatMap } from './heat-map.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
  const call = { kind: 'llm', counted: true };
  const at = (time: string) => `2026-11-20 ${time}`;
  await store.insertSpans(
    { trace_id: 'a', span_id: 'a', start: at('10:00:01'), duration_ns: 1_500_000_000 },
    { trace_id: 'b', span_id: 'b', start: at('10:00:59'), duration_ns: 1_999_999_999, status: 'error' },
    {
      trace_id: 'c',
      span_id: 'c',
      start: at('10:01:00'),
      duration_ns: 2_000_000_000,
      ...call,
      cost_usd: '0.02',
    },
    { trace_id: 'd', span_id: 'd', start: at('10:03:00'), duration_ns: 7_000_000, ...call, cost_usd: '0' },
    { trace_id: 'e', span_id: 'e', start: at('10:03:59'), duration_ns: null },
  );
});
afterAll(() => store.close());

const heat = (options: Partial<Parameters<typeof traceHeatMap>[1]> = {}) =>
  traceHeatMap(projectScope(store.engine, 'p'), { measure: 'latency', columns: 4, ...options });

describe('a heat map', () => {
  it('counts traces and failed traces by time and latency', async () => {
    const map = await heat();
    expect(map).toMatchObject({ bucketSeconds: 60, traces: 5, missing: 1 });
    expect(map.columns.map((start) => start.slice(11, 19))).toEqual([
      '10:00:00',
      '10:01:00',
      '10:02:00',
      '10:03:00',
    ]);
    expect(map.rows[0]).toEqual({ low: 7, high: 10 });
    expect(map.rows.at(-1)).toEqual({ low: 2000, high: 3000 });
    // 7, 10, 15, 20, 30, 50, 70, 100 … 700, 1000, 1500, 2000
    expect(map.rows).toHaveLength(16);
    expect(map.cells).toEqual([
      { column: 0, row: 14, traces: 2, errors: 1 },
      { column: 1, row: 15, traces: 1, errors: 0 },
      { column: 3, row: 0, traces: 1, errors: 0 },
    ]);
  });

  it('counts them by cost, without traces that cost nothing', async () => {
    const map = await heat({ measure: 'cost' });
    expect(map).toMatchObject({
      rows: [{ low: 0.02, high: 0.03 }],
      cells: [{ column: 1, row: 0, traces: 1, errors: 0 }],
      missing: 4,
    });
  });

  it('has only traces of the range that pass the filter', async () => {
    const filter = {
      type: 'label',
      subject: { type: 'field', field: 'status' },
      test: { type: 'equals', value: 'error' },
    } as const;
    expect(await heat({ filter })).toMatchObject({ traces: 1, cells: [{ traces: 1, errors: 1 }] });
    const fromNs = BigInt(Date.UTC(2026, 10, 20, 10, 3)) * 1_000_000n;
    expect(await heat({ fromNs })).toMatchObject({ traces: 2, missing: 1 });
  });

  it('is empty for a project without traces', async () => {
    const map = await traceHeatMap(projectScope(store.engine, 'none'), { measure: 'latency', columns: 4 });
    expect(map).toMatchObject({ rows: [], cells: [], traces: 0, missing: 0 });
  });

  it('puts values beyond the scale into its last row', async () => {
    const year = { trace_id: 'y', span_id: 'y', project: 'long', duration_ns: 365 * 86_400 * 1e9 };
    await store.insertSpans(year, { ...year, trace_id: 'z', span_id: 'z', duration_ns: 1 });
    const map = await traceHeatMap(projectScope(store.engine, 'long'), { measure: 'latency', columns: 1 });
    expect([map.rows[0], map.rows.at(-1)]).toEqual([
      { low: 0.001, high: 0.0015 },
      { low: 7e8, high: 1e9 },
    ]);
    expect(map.cells.map(({ row }) => row)).toEqual([0, map.rows.length - 1]);
  });
});
