import { afterAll, beforeAll, expect, it } from 'vitest';
import { sql } from '../clickhouse/sql.ts';
import { insertRows } from '../settle/settle-traces.ts';
import { openTestStore, type TestStore } from '../testing/test-store.ts';
import { projectScope } from './project-scope.ts';
import { listSpans } from './spans/list-spans.ts';
import { listTraces } from './traces/list-traces.ts';

/** More spans and traces than the lists search for a first large value. */
const SPANS = 560_000;
const SPANS_PER_TRACE = 4;

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
  // Durations and costs have no order in time, some are equal and some are absent. One span in a thousand was sent twice.
  await store.engine.command(`
    INSERT INTO spans (project, trace_id, span_id, name, start, duration_ns, cost_usd, counted, version)
    SELECT if(trace % 9 = 8, 'other', 'p'), concat('t', toString(trace)), toString(number), 'span',
      fromUnixTimestamp64Nano(1795000000000000000 + toInt64(number) * 300000000, 'UTC'),
      if(hash % 7 = 0, NULL, 1000000 + intDiv(hash, 7) % 900000), if(hash % 5 = 0, toDecimal64(hash % 100000 / 1e6, 12), NULL),
      true, 1800000000000000000 + copy
    FROM
    (
      SELECT number, intDiv(number, ${SPANS_PER_TRACE}) AS trace, copy, sipHash64(number, copy) AS hash
      FROM numbers(${SPANS})
      ARRAY JOIN range(if(number % 1000 = 0, 2, 1)) AS copy
    )
    SETTINGS max_partitions_per_insert_block = 0, optimize_on_insert = 0`);
  await insertRows(store.engine, sql`1`);
});
afterAll(() => store.close());

const expected = async (from: string, column: string, id: string, order: string) => {
  const rows = await store.engine.query<{ id: string }>(
    `SELECT ${id} AS id FROM ${from} FINAL WHERE project = 'p'
     ORDER BY ${column} ${order} NULLS LAST, trace_id ${order}, id ${order} LIMIT 150`,
  );
  return rows.map((row) => row.id);
};

it.each(['-durationMs', 'durationMs', '-costUsd', 'costUsd', '-startTime', 'startTime'] as const)(
  'pages of many traces and spans have the order of the whole table, by %s',
  async (sort) => {
    const scope = projectScope(store.engine, 'p');
    const order = sort.startsWith('-') ? 'DESC' : 'ASC';
    const column = { durationMs: 'duration_ns', costUsd: 'cost_usd', startTime: 'start' }[
      sort.replace('-', '')
    ];
    const traces: string[] = [];
    const spans: string[] = [];
    const cursors: { traces?: string; spans?: string } = {};
    for (let page = 0; page < 3; page += 1) {
      const options = { sort, limit: 50, asOfNs: 2n ** 62n, columns: [] };
      const ofTraces = await listTraces(scope, {
        ...options,
        ...(cursors.traces && { cursor: cursors.traces }),
      });
      const ofSpans = await listSpans(scope, { ...options, ...(cursors.spans && { cursor: cursors.spans }) });
      traces.push(...ofTraces.traces.map(({ traceId }) => traceId));
      spans.push(...ofSpans.spans.map(({ spanId }) => spanId));
      Object.assign(cursors, { traces: ofTraces.nextCursor, spans: ofSpans.nextCursor });
    }
    expect(traces).toEqual(await expected('traces', column as string, 'trace_id', order));
    expect(spans).toEqual(await expected('spans', column as string, 'span_id', order));
  },
);
