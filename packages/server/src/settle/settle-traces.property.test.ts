import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../testing/test-store.ts';
import { settleTraces } from './settle-traces.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const START_MS = Date.UTC(2026, 10, 20, 23, 58);

/** A version of a span. Another version of the same id can have a different start, status, end or parent. */
const span = fc.record({
  trace: fc.nat(2),
  id: fc.nat(4),
  parent: fc.option(fc.nat(4), { nil: undefined }),
  /** From two minutes before midnight to two minutes after it. */
  startMs: fc.nat(240_000),
  durationMs: fc.option(fc.nat(5000), { nil: null }),
  status: fc.constantFrom('ok', 'error', 'unset'),
  name: fc.constantFrom('a', 'b', 'c'),
  kind: fc.constantFrom('llm', 'tool', 'chain'),
  model: fc.constantFrom('', 'm1', 'm2'),
  service: fc.constantFrom('', 's1', 's2'),
  user: fc.constantFrom('', 'u1', 'u2'),
  tags: fc.subarray(['x', 'y']),
  tokens: fc.option(fc.nat(100), { nil: null }),
  cost: fc.option(fc.nat(9), { nil: null }),
});
type Version = typeof span extends fc.Arbitrary<infer Value> ? Value & { readonly version: number } : never;

/** Spans in the order of their arrival. A version that arrives late can be older than the stored one. */
const arrivals = fc
  .array(fc.tuple(span, fc.nat(1000)), { minLength: 1, maxLength: 14 })
  .map((spans) => spans.map(([each, age], index): Version => ({ ...each, version: 10_000 * age + index })));

const spanId = ({ id }: Version) => `s${id}`;
const startOf = (version: Version) => new Date(START_MS + version.startMs);

function toRow(project: string, version: Version): Record<string, unknown> {
  const isCounted = version.kind === 'llm';
  return {
    project,
    trace_id: `t${version.trace}`,
    span_id: spanId(version),
    parent_span_id: version.parent === undefined ? '' : `s${version.parent}`,
    start: startOf(version).toISOString().replace('T', ' ').replace('Z', '000000'),
    duration_ns: version.durationMs === null ? null : version.durationMs * 1e6,
    status: version.status,
    name: version.name,
    kind: version.kind,
    model: version.model,
    service: version.service,
    user_id: version.user,
    tags: version.tags,
    input_tokens: version.tokens,
    cost_usd: version.cost === null ? null : `0.0${version.cost}`,
    counted: isCounted,
    version: version.version,
  };
}

/** The expected row of a trace, computed from the newest version of each span. */
function expected(versions: readonly Version[]): Record<string, unknown> {
  const newest = [...Map.groupBy(versions, (each) => each.id).values()].map((same) =>
    same.reduce((a, b) => (b.version > a.version ? b : a)),
  );
  const byPlace = (a: Version, b: Version) =>
    Number(a.parent !== undefined) - Number(b.parent !== undefined) ||
    a.startMs - b.startMs ||
    (spanId(a) < spanId(b) ? -1 : 1);
  const ordered = [...newest].sort(byPlace);
  const roots = ordered.filter(({ parent }) => parent === undefined);
  const [head] = ordered as [Version];
  const failed = (some: readonly Version[]) => some.some(({ status }) => status === 'error');
  const first = Math.min(...newest.map(({ startMs }) => startMs));
  const lastKnown = Math.max(...newest.map(({ startMs, durationMs }) => startMs + (durationMs ?? 0)));
  const isOneMoment = lastKnown === first && newest.every(({ durationMs }) => durationMs === null);
  const counted = newest.filter(({ kind }) => kind === 'llm');
  const sum = (values: readonly (number | null)[]) => {
    const present = values.filter((value) => value !== null);
    return present.length === 0 ? null : present.reduce((a, b) => a + b, 0);
  };
  const costOf = (model: string) =>
    sum(counted.filter((each) => each.model === model).map(({ cost }) => cost)) ?? 0;
  const unique = (values: readonly string[]) => [...new Set(values.filter(Boolean))].sort();
  return {
    start: new Date(START_MS + first).toISOString(),
    duration_ms: isOneMoment ? null : lastKnown - first,
    running: (roots.length > 0 ? roots : newest).some(({ durationMs }) => durationMs === null),
    status: failed(roots)
      ? 'error'
      : roots.length > 0
        ? head.status
        : failed(newest)
          ? 'error'
          : newest.some(({ status }) => status === 'ok')
            ? 'ok'
            : 'unset',
    name: head.name,
    head_span_id: spanId(head),
    span_count: newest.length,
    error_count: newest.filter(({ status }) => status === 'error').length,
    input_tokens: sum(counted.map(({ tokens }) => tokens)),
    cost_cents: sum(counted.map(({ cost }) => cost)),
    unpriced: counted.filter(({ tokens, cost }) => cost === null && tokens !== null && tokens > 0).length,
    user_id: ordered.find(({ user }) => user !== '')?.user ?? '',
    names: unique(newest.map(({ name }) => name)),
    models: unique(newest.map(({ model }) => model)).sort((a, b) => costOf(b) - costOf(a)),
    services: unique(newest.map(({ service }) => service)).sort(
      (a, b) => Number(b === head.service) - Number(a === head.service),
    ),
    tags: unique(newest.flatMap(({ tags }) => tags)),
  };
}

async function settledRows(project: string): Promise<unknown[]> {
  return store.engine.query(
    `SELECT trace_id, formatDateTime(start, '%Y-%m-%dT%H:%i:%S.') AS seconds, toUnixTimestamp64Milli(start) AS ms,
       toFloat64(duration_ns) / 1e6 AS duration_ms, running, status, name, head_span_id, span_count, error_count,
       toFloat64(input_tokens) AS input_tokens, round(toFloat64(cost_usd) * 100) AS cost_cents, unpriced, user_id,
       arraySort(names) AS names, models, services, tags
     FROM traces FINAL WHERE project = {project:String} ORDER BY trace_id`,
    { project },
  );
}

it('a settled trace matches its spans, with any order of arrival, duplicates and newer versions', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      arrivals,
      fc.infiniteStream(fc.integer({ min: 1, max: 4 })),
      fc.array(fc.nat(13), { maxLength: 4 }),
      async (versions, sizes, repeated) => {
        const project = `p${number++}`;
        const sent = [...versions, ...repeated.flatMap((index) => versions[index] ?? [])];
        for (let at = 0; at < sent.length; ) {
          const load = sent.slice(at, at + (sizes.next().value ?? 1));
          at += load.length;
          const lines = load.map((version) => JSON.stringify(toRow(project, version)));
          await store.engine.command(`INSERT INTO spans FORMAT JSONEachRow\n${lines.join('\n')}\n`);
          const changed = [...Map.groupBy(load, ({ trace }) => trace)].map(([trace, spans]) => {
            const starts = spans.map((each) => BigInt(startOf(each).getTime()) * 1_000_000n).sort();
            return {
              project,
              traceId: `t${trace}`,
              firstNs: starts[0] as bigint,
              lastNs: starts.at(-1) as bigint,
            };
          });
          await settleTraces(store.engine, changed);
        }
        const rows = (await settledRows(project)).map((row) => {
          const { seconds: _, ms, ...rest } = row as { seconds: string; ms: string };
          return { start: new Date(Number(ms)).toISOString(), ...rest };
        });
        const truth = [...Map.groupBy(versions, ({ trace }) => trace)]
          .sort(([a], [b]) => a - b)
          .map(([trace, spans]) => ({ trace_id: `t${trace}`, ...expected(spans) }));
        expect(rows).toEqual(truth);
      },
    ),
    { numRuns: 15 },
  );
});
