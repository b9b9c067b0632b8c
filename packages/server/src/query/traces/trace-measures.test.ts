import { readdirSync, readFileSync } from 'node:fs';
import {
  FILTER_FIELDS,
  type Filter,
  MEASURES,
  type MeasureId,
  type TraceNumberField,
} from '@throughline/spans';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../clickhouse/sql.ts';
import type { TraceSort } from '../../contract/trace.ts';
import { TRACE_MEASURES } from '../../settle/trace-measures.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { type ProjectScope, projectScope } from '../project-scope.ts';
import { getTrace } from './get-trace.ts';
import { listTraces } from './list-traces.ts';
import { inCatalogueUnit } from './measure-columns.ts';
import { traceVolume } from './volume.ts';

/**
 *     call    agent ───────────── 3 ms, failed              orphans   chat ── 2 ms
 *             └ chat ── 1 ms, 100 + 20 tokens, $0.5                   search, open, starts 5 ms later
 *             └ chat, 7 tokens, no price, not ended
 */
const SPANS = [
  { trace_id: 'call', span_id: 'agent', duration_ns: 3e6, status: 'error', input_tokens: 900, cost_usd: '9' },
  {
    trace_id: 'call',
    span_id: 'priced',
    parent_span_id: 'agent',
    duration_ns: 1e6,
    counted: true,
    model: 'm',
    input_tokens: 100,
    output_tokens: 20,
    cache_read_tokens: 64,
    cache_write_tokens: 8,
    reasoning_tokens: 5,
    cost_usd: '0.5',
  },
  {
    trace_id: 'call',
    span_id: 'unpriced',
    parent_span_id: 'agent',
    duration_ns: null,
    counted: true,
    output_tokens: 7,
  },
  { trace_id: 'orphans', span_id: 'chat', parent_span_id: 'gone', duration_ns: 2e6, status: 'ok' },
  {
    trace_id: 'orphans',
    span_id: 'search',
    parent_span_id: 'gone',
    duration_ns: null,
    start: '2026-11-20 10:00:00.005000000',
  },
  { trace_id: 'begun', span_id: 'begun', duration_ns: null },
];

/** The expected measures of each trace, in the unit of the catalogue. */
const EXPECTED: Readonly<Record<string, Readonly<Record<MeasureId, number | null>>>> = {
  call: {
    latency: 3,
    cost: 0.5,
    unpricedCalls: 1,
    tokens: 127,
    inputTokens: 100,
    outputTokens: 27,
    cacheReadTokens: 64,
    cacheWriteTokens: 8,
    reasoningTokens: 5,
    spans: 3,
    errors: 1,
  },
  orphans: {
    ...absent(),
    latency: 5,
    unpricedCalls: 0,
    spans: 2,
    errors: 0,
  },
  begun: { ...absent(), unpricedCalls: 0, spans: 1, errors: 0 },
};

function absent(): Record<MeasureId, null> {
  return Object.fromEntries(Object.keys(MEASURES).map((id) => [id, null])) as Record<MeasureId, null>;
}

const START_NS = BigInt(Date.UTC(2026, 10, 20, 10)) * 1_000_000n;
const RANGE = { fromNs: START_NS - 1_000_000_000n, toNs: START_NS + 1_000_000_000n };
const AS_OF = { asOfNs: 2n ** 62n };

let store: TestStore;
let scope: ProjectScope;
beforeAll(async () => {
  store = await openTestStore();
  await store.insertSpans(...SPANS);
  // Insert the same spans again: each counts once.
  await store.insertSpans(...SPANS);
  scope = projectScope(store.engine, 'p');
});
afterAll(() => store.close());

describe('a measure of a trace', () => {
  it.each(Object.keys(MEASURES) as MeasureId[])(
    '%s has the value that the catalogue describes',
    async (id) => {
      const rows = await scope.query<{ trace_id: string; value: string | number | null }>(
        sql`SELECT trace_id, ${inCatalogueUnit(id)} AS value FROM ${scope.traces} AS traces`,
      );
      const found = Object.fromEntries(
        rows.map(({ trace_id, value }) => [trace_id, value === null ? null : Number(value)]),
      );
      expect(found).toEqual(
        Object.fromEntries(Object.entries(EXPECTED).map(([trace, all]) => [trace, all[id]])),
      );
      const { absent: describesAbsence } = MEASURES[id];
      expect(Object.values(found).includes(null)).toBe(describesAbsence !== undefined);
    },
  );

  it('is the same in the list, in the trace and in the summary of a range', async () => {
    const { traces } = await listTraces(scope, { ...RANGE, ...AS_OF, sort: '-startTime', limit: 10 });
    expect(traces).toHaveLength(3);
    for (const summary of traces) {
      const {
        traceId,
        durationMs,
        costUsd,
        costIncomplete,
        inputTokens,
        outputTokens,
        spanCount,
        errorCount,
      } = summary;
      const expected = EXPECTED[traceId];
      expect({
        latency: durationMs,
        cost: costUsd,
        inputTokens,
        outputTokens,
        spans: spanCount,
        errors: errorCount,
      }).toEqual({
        latency: expected?.latency,
        cost: expected?.cost,
        inputTokens: expected?.inputTokens,
        outputTokens: expected?.outputTokens,
        spans: expected?.spans,
        errors: expected?.errors,
      });
      expect(costIncomplete).toBe(expected?.unpricedCalls !== 0);
      // Chosen columns and the passage of a search exist in lists only.
      const inList = { columns: {}, match: null };
      expect({ ...(await getTrace(scope, traceId))?.summary, ...inList }).toEqual(summary);
    }
    expect(await traceVolume(scope, { ...RANGE, buckets: 10 })).toMatchObject({
      traces: 3,
      errors: 1,
      costUsd: 0.5,
      unpricedCalls: 1,
    });
    const calls = await traceVolume(scope, { ...RANGE, buckets: 10, filter: equalTo('spans', 3) });
    expect(calls).toMatchObject({ traces: 1, errors: 1, p50DurationMs: 3 });
  });

  it.each([
    ['-durationMs', ['orphans', 'call', 'begun']],
    ['-costUsd', ['call', 'orphans', 'begun']],
    ['-inputTokens', ['call', 'orphans', 'begun']],
    ['-totalTokens', ['call', 'orphans', 'begun']],
    ['-spanCount', ['call', 'orphans', 'begun']],
  ] satisfies [TraceSort, string[]][])('orders the list by %s, absent values last', async (sort, order) => {
    const { traces } = await listTraces(scope, { ...RANGE, ...AS_OF, sort, limit: 10 });
    expect(traces.map(({ traceId }) => traceId)).toEqual(order);
  });

  it('is compared by the filter field of the same name', async () => {
    const fields = Object.keys(MEASURES).filter((id) =>
      Object.hasOwn(FILTER_FIELDS, id),
    ) as TraceNumberField[];
    expect(fields).toHaveLength(Object.keys(MEASURES).length - 1);
    for (const field of fields) {
      expect([field, FILTER_FIELDS[field].unit]).toEqual([field, MEASURES[field].unit]);
      const value = EXPECTED.call?.[field] as number;
      const options = {
        ...RANGE,
        ...AS_OF,
        sort: '-startTime',
        limit: 10,
        filter: equalTo(field, value),
      } as const;
      const { traces } = await listTraces(scope, options);
      expect([field, traces.map(({ traceId }) => traceId)]).toEqual([field, ['call']]);
    }
  });
});

function equalTo(field: TraceNumberField, value: number): Filter {
  return {
    type: 'number',
    subject: { type: 'field', field },
    test: { type: 'compare', comparison: '=', value },
  };
}

describe('the status of a trace', () => {
  it('is the same in the list and in filters, and so is whether it is running', async () => {
    const { traces } = await listTraces(scope, { ...RANGE, ...AS_OF, sort: '-startTime', limit: 10 });
    const found = traces.map(({ traceId, status, running }) => [traceId, status, running]);
    expect(found.sort()).toEqual([
      ['begun', 'unset', true],
      ['call', 'error', false],
      ['orphans', 'ok', true],
    ]);
    for (const { traceId, status } of traces) {
      const filter: Filter = {
        type: 'label',
        subject: { type: 'field', field: 'status' },
        test: { type: 'equals', value: status },
      };
      const page = await listTraces(scope, { ...RANGE, ...AS_OF, sort: '-startTime', limit: 10, filter });
      expect(page.traces.map((trace) => trace.traceId)).toEqual([traceId]);
    }
  });
});

/** Files that aggregate settled traces, sums over spans of any group, and the tools of one conversation. */
const OTHER_SUMS = [
  'traces/volume.ts',
  'traces/heat-map.ts',
  'groups/list-groups.ts',
  'measures/measure-sql.ts',
  'groups/turn-steps.ts',
];

it('no other file of the query layer adds up the spans of a trace', () => {
  const folder = new URL('..', import.meta.url);
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !OTHER_SUMS.includes(file),
  );
  const ADDED_UP = /(sum|count)If\([^)]*(counted|status = |duration_ns IS NULL)|max\([^)]*duration_ns/;
  expect(files.length).toBeGreaterThan(15);
  expect(files.filter((file) => ADDED_UP.test(readFileSync(new URL(file, folder), 'utf8')))).toEqual([]);
  expect(Object.keys(TRACE_MEASURES)).toEqual(Object.keys(MEASURES));
});
