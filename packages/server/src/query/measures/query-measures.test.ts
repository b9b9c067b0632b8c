import { binOf, parseFilter } from '@throughline/spans';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../clickhouse/sql.ts';
import { type MetricsRow, metricsResult } from '../../contract/metrics-query.ts';
import { insertRows } from '../../settle/settle-traces.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { projectScope } from '../project-scope.ts';
import type { MeasureQuery } from './plan-query.ts';
import { queryMeasures } from './query-measures.ts';

/**
 * Generated spans with totals that a plain computation in this file adds up. Costs are whole millionths of a dollar, so the
 * expected sums are exact.
 */
interface Generated {
  readonly trace: number;
  readonly span: number;
  readonly startMs: number;
  readonly durationMs: number | null;
  readonly kind: 'llm' | 'tool' | 'chain';
  readonly status: 'ok' | 'error' | 'unset';
  readonly model: string;
  readonly tool: string;
  /** Own labels of the span. Other spans have those of their trace. */
  readonly feature: string;
  readonly user: string;
  readonly tags: readonly string[];
  readonly plan: string;
  readonly micros: number | null;
  readonly input: number | null;
  readonly output: number | null;
  readonly cached: number | null;
  readonly ttftMs: number | null;
}

const START_MS = Date.UTC(2026, 9, 20);
const DAY_MS = 86_400_000;
const DAYS = 10;

/** A small generator with a fixed seed. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function generate(): Generated[] {
  const below = randomNumbers(20_261_020);
  const one = <Value>(values: readonly Value[]): Value => values[below(values.length)] as Value;
  return Array.from({ length: 400 }, (_, trace) => {
    const traceMs = START_MS + below(DAYS * DAY_MS);
    const feature = one(['search', 'search', 'chat', 'support', '']);
    const user = one(['u1', 'u2', 'u3', ...Array.from({ length: 20 }, (_, index) => `rare${index}`), '']);
    return Array.from({ length: 1 + below(6) }, (_, span): Generated => {
      const kind = span === 0 ? 'chain' : one(['llm', 'llm', 'tool'] as const);
      const isCall = kind === 'llm';
      const input = isCall ? 100 + below(1000) : null;
      const priced = below(8) > 0;
      return {
        trace,
        span,
        startMs: Math.min(traceMs + span * 1000, START_MS + DAYS * DAY_MS - 1),
        durationMs: below(20) === 0 ? null : 1 + below(5000),
        kind,
        status: one(['ok', 'ok', 'error', 'unset'] as const),
        model: isCall ? (priced ? one(['large', 'small']) : 'local') : '',
        tool: kind === 'tool' ? one(['lookup', 'refund']) : '',
        feature: span === 0 ? feature : below(6) === 0 ? 'shared' : '',
        user: span === 0 ? user : '',
        tags: span === 0 ? one([[], ['vip'], ['vip', 'beta']]) : [],
        plan: one(['free', 'pro', '']),
        micros: isCall && priced ? below(900_000) : null,
        input,
        output: isCall ? below(300) : null,
        cached: isCall && below(2) === 0 ? below(100) : null,
        ttftMs: isCall && below(3) > 0 ? below(400) : null,
      };
    });
  }).flat();
}

const spans = generate();
const traceOf = new Map(spans.filter(({ span }) => span === 0).map((root) => [root.trace, root]));
const isCall = ({ kind }: Generated) => kind === 'llm';
/** The feature of a trace is that of its root, or of the earliest span that has one. */
const featureOfTrace = new Map(
  spans
    .filter(({ feature }) => feature !== '')
    .toReversed()
    .map(({ trace, feature }) => [trace, feature]),
);
const featureOf = (span: Generated) => span.feature || featureOfTrace.get(span.trace) || null;
const userOf = (span: Generated) => span.user || traceOf.get(span.trace)?.user || null;

function toRow(span: Generated, version = 2): Record<string, unknown> {
  return {
    trace_id: `t${span.trace}`,
    span_id: `s${span.trace}-${span.span}`,
    parent_span_id: span.span === 0 ? '' : `s${span.trace}-0`,
    name: span.span === 0 ? `root of ${span.feature}` : span.kind,
    kind: span.kind,
    start: new Date(span.startMs).toISOString().replace('T', ' ').replace('Z', '000000'),
    duration_ns: span.durationMs === null ? null : span.durationMs * 1e6,
    status: span.status,
    model: span.model,
    tool_name: span.tool,
    feature: span.feature,
    user_id: span.user,
    tags: span.tags,
    attributes: span.plan === '' ? {} : { plan: span.plan },
    cost_usd: span.micros === null ? null : (span.micros / 1e6).toFixed(6),
    cost_details: span.micros === null ? {} : { inputTokens: (span.micros / 1e6).toFixed(6) },
    input_tokens: span.input,
    output_tokens: span.output,
    cache_read_tokens: span.cached,
    ttft_ns: span.ttftMs === null ? null : span.ttftMs * 1e6,
    counted: span.kind === 'llm',
    version,
  };
}

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
  // Every third span arrived before with other values, and every fourth one arrived twice.
  const earlier = spans
    .filter((_, index) => index % 3 === 0)
    .map((span) => ({ ...span, micros: 77, model: 'old' }));
  await store.insertSpans(...earlier.map((span) => toRow(span, 1)));
  await store.insertSpans(...spans.map((span) => toRow(span)));
  await store.insertSpans(...spans.filter((_, index) => index % 4 === 0).map((span) => toRow(span)));
  await store.insertSpans({ ...toRow(spans[1] as Generated), project: 'other', cost_usd: '1000' });
  await store.engine.command(`INSERT INTO scores (project, id, trace_id, span_id, name, value_type, number, created, version)
    SELECT 'p', concat(trace_id, span_id), trace_id, span_id, 'quality', 'number', length(span_id) / 10, start, 1
    FROM spans FINAL WHERE project = 'p' AND kind = 'chain'`);
  await store.engine.command(`INSERT INTO scores (project, id, trace_id, name, value_type, number, created, version)
    SELECT 'p', concat('v', trace_id), trace_id, 'verdict', 'boolean', cityHash64(trace_id) % 4 > 0, start, 1
    FROM spans FINAL WHERE project = 'p' AND kind = 'chain'`);
});
afterAll(() => store.close());

/** Settles the traces of a project whose spans were inserted by a statement. */
function settle(project: string): Promise<void> {
  return insertRows(store.engine, sql`project = ${project}`);
}

type Options = Partial<Omit<MeasureQuery, 'measures' | 'filter'>> & { readonly q?: string };

async function ask(measures: readonly string[], { q, ...options }: Options = {}, project = 'p') {
  const parsed = parseFilter(q ?? '', { of: options.of === 'traces' ? 'trace' : 'span' });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const result = await queryMeasures(projectScope(store.engine, project), {
    of: 'spans',
    dimensions: [],
    filter: parsed.filter,
    fromNs: BigInt(START_MS) * 1_000_000n,
    toNs: BigInt(START_MS + DAYS * DAY_MS) * 1_000_000n,
    limit: 10,
    order: 'desc',
    timeZone: 'UTC',
    ...options,
    measures: measures.map((text) => {
      const [measure = '', aggregation] = text.split(':');
      return { measure, aggregation };
    }),
  });
  expect(metricsResult.parse(result)).toEqual(result);
  return result;
}

const sum = (values: readonly (number | null)[]) => {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : present.reduce((a, b) => a + b, 0);
};
const costOf = (some: readonly Generated[]) => {
  const micros = sum(some.filter(isCall).map((each) => each.micros));
  return micros === null ? null : micros / 1e6;
};
const unpricedOf = (some: readonly Generated[]) =>
  some.filter(
    (each) => isCall(each) && each.micros === null && ((each.input ?? 0) > 0 || (each.output ?? 0) > 0),
  ).length;
/** The nearest rank, as the store computes it. */
const quantile = (values: readonly (number | null)[], level: number) => {
  const sorted = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * level))] ?? null;
};
const costRow = (some: readonly Generated[]) => ({
  'cost.sum': costOf(some),
  unpricedCalls: unpricedOf(some),
});
const byCost = (
  [, a]: readonly [unknown, readonly Generated[]],
  [, b]: readonly [unknown, readonly Generated[]],
) => (costOf(b) ?? 0) - (costOf(a) ?? 0);

describe('totals', () => {
  it('add up every span once, in its latest version, to the cent', async () => {
    const { totals, unpricedModels, incomplete, rows } = await ask([
      'cost',
      'calls',
      'count',
      'failed',
      'errorRate',
      'inputTokens',
      'cacheHitRate',
      'durationMs:p95',
      'ttftMs:avg',
      'user',
      'costPerCall',
      'costPerTrace',
    ]);
    const calls = spans.filter(isCall);
    const failed = spans.filter(({ status }) => status === 'error').length;
    const ttft = calls.map(({ ttftMs }) => ttftMs).filter((value) => value !== null);
    expect(totals).toEqual({
      ...costRow(spans),
      'calls.sum': calls.length,
      'count.sum': spans.length,
      'failed.sum': failed,
      'errorRate.ratio': failed / spans.length,
      'inputTokens.sum': sum(calls.map(({ input }) => input)),
      'cacheHitRate.ratio':
        (sum(calls.map(({ cached }) => cached)) ?? 0) / (sum(calls.map(({ input }) => input)) ?? 1),
      'durationMs.p95': quantile(
        spans.map(({ durationMs }) => durationMs),
        0.95,
      ),
      'ttftMs.avg': expect.closeTo((sum(ttft) ?? 0) / ttft.length, 9),
      'user.unique': new Set(spans.map(({ user }) => user).filter(Boolean)).size,
      'costPerCall.ratio': expect.closeTo((costOf(spans) ?? 0) / calls.length, 12),
      'costPerTrace.ratio': expect.closeTo(
        (costOf(spans) ?? 0) / new Set(calls.map(({ trace }) => trace)).size,
        12,
      ),
    });
    expect(rows).toEqual([totals]);
    expect({ incomplete, unpricedModels }).toEqual({ incomplete: true, unpricedModels: ['local'] });
  });

  it('read the user of the trace if a span has none of its own, with a filter and without', async () => {
    const calls = spans.filter(isCall);
    const ofUsers = calls.filter((span) => userOf(span) !== null);
    const users = new Set(ofUsers.map(userOf)).size;
    const features = new Set(calls.map(featureOf).filter(Boolean)).size;
    const expected = {
      'costPerUser.ratio': expect.closeTo((costOf(ofUsers) ?? 0) / users, 9),
      'user.unique': users,
    };
    const { totals } = await ask(['costPerUser', 'user', 'feature'], { q: 'kind:llm' });
    expect(totals).toMatchObject({ ...expected, 'feature.unique': features });
    expect((await ask(['costPerUser'])).totals).toMatchObject({
      'costPerUser.ratio': expected['costPerUser.ratio'],
    });
    const filtered = await ask(['costPerUser', 'user'], { q: 'kind:llm user:*' });
    expect(filtered.totals).toMatchObject(expected);
    const { groups } = await ask(['costPerUser', 'user'], { dimensions: ['model'], q: 'kind:llm' });
    const large = ofUsers.filter(({ model }) => model === 'large');
    const largeUsers = new Set(large.map(userOf)).size;
    expect(groups.find(({ model }) => model === 'large')).toMatchObject({
      'costPerUser.ratio': expect.closeTo((costOf(large) ?? 0) / largeUsers, 9),
      'user.unique': largeUsers,
    });
  });

  it('of traces are those of their rows in lists', async () => {
    const { totals } = await ask(['cost', 'count', 'spans', 'errors', 'spans:max'], { of: 'traces' });
    const sizes = [...Map.groupBy(spans, ({ trace }) => trace).values()].map(({ length }) => length);
    expect(totals).toEqual({
      ...costRow(spans),
      'count.sum': traceOf.size,
      'spans.sum': spans.length,
      'spans.max': Math.max(...sizes),
      'errors.sum': spans.filter(({ status }) => status === 'error').length,
    });
  });

  it('are empty for a project without data, and contain no other project', async () => {
    const { totals, rows, groups, other } = await ask(
      ['cost', 'count'],
      { dimensions: ['model'], grain: 'day' },
      'nobody',
    );
    expect({ totals, rows, groups, other }).toEqual({
      totals: { 'cost.sum': null, 'count.sum': 0, unpricedCalls: 0 },
      rows: [],
      groups: [],
      other: null,
    });
  });

  it('divide a sum by the minutes of each step for a rate', async () => {
    const { totals, rows } = await ask(['count:rate'], { grain: 'day' });
    expect(totals).toEqual({ 'count.rate': spans.length / (DAYS * 1440) });
    const ofFirstDay = spans.filter(({ startMs }) => startMs < START_MS + DAY_MS).length;
    expect(rows[0]).toEqual({ time: '2026-10-20T00:00:00.000000000Z', 'count.rate': ofFirstDay / 1440 });
  });
});

describe('groups', () => {
  it('have the feature and the user of their trace if they have none of their own', async () => {
    for (const [dimension, labelOf] of [
      ['feature', featureOf],
      ['user', userOf],
    ] as const) {
      const { groups, other, totals } = await ask(['cost'], { dimensions: [dimension], limit: 500 });
      const expected = [...Map.groupBy(spans.filter(isCall), labelOf)]
        .sort(byCost)
        .map(([value, some]): MetricsRow => ({ [dimension]: value, ...costRow(some) }));
      expect(groups).toEqual(expected);
      expect({ other, totals }).toEqual({ other: null, totals: costRow(spans) });
    }
  });

  it('beyond the limit are returned together, so that all parts add up to the total', async () => {
    const { groups, other, totals, rows } = await ask(['cost'], {
      dimensions: ['user'],
      limit: 3,
      grain: 'day',
    });
    const ordered = [...Map.groupBy(spans.filter(isCall), userOf)].sort(byCost);
    const rest = ordered.slice(3).flatMap(([, some]) => some);
    expect(groups.map(({ user }) => user)).toEqual(ordered.slice(0, 3).map(([user]) => user));
    expect({ groups: other?.groups, total: other?.total }).toEqual({
      groups: ordered.length - 3,
      total: costRow(rest),
    });
    const points = [...rows, ...(other?.rows ?? [])];
    const micros = points.map((row) => Math.round(Number(row['cost.sum'] ?? 0) * 1e6));
    expect(micros.reduce((a, b) => a + b, 0)).toBe(Math.round(Number(totals['cost.sum']) * 1e6));
  });

  it('include those without a value of the first measure, which rank last', async () => {
    const ordered = (order: 'asc' | 'desc') =>
      ask(['score.quality', 'cost', 'count'], { dimensions: ['kind'], order });
    for (const order of ['asc', 'desc'] as const) {
      const { groups, other } = await ordered(order);
      expect(groups.map((row) => [row.kind, row['score.quality.avg'] !== null, row['count.sum']])).toEqual([
        ['chain', true, traceOf.size],
        ...['llm', 'tool'].map((kind) => [kind, false, spans.filter((span) => span.kind === kind).length]),
      ]);
      expect(other).toBeNull();
    }
    const { groups, other } = await ask(['score.quality', 'count'], { dimensions: ['kind'], limit: 1 });
    expect(groups.map(({ kind }) => kind)).toEqual(['chain']);
    expect(other).toMatchObject({ groups: 2, total: { 'count.sum': spans.length - traceOf.size } });
  });

  it.each([[['model']], [['user', 'model']], [['tag']]])(
    'by %j are found by later measures if the first one has no data',
    async (dimensions) => {
      const { groups, rows, totals } = await ask(['score.nope', 'cost'], {
        dimensions,
        grain: 'week',
        limit: 200,
      });
      const alone = await ask(['cost'], { dimensions, limit: 200 });
      const withoutScore = groups.map(({ 'score.nope.avg': score, ...row }) => {
        expect(score).toBeNull();
        return sorted(row);
      });
      const order = (some: readonly MetricsRow[]) => some.map((row) => JSON.stringify(sorted(row))).sort();
      expect(order(withoutScore)).toEqual(order(alone.groups));
      expect(totals['cost.sum']).toBe(costOf(spans));
      expect(rows.length).toBeGreaterThan(0);
    },
  );

  it('of two dimensions are pairs of values', async () => {
    const { groups } = await ask(['cost', 'calls'], { dimensions: ['feature', 'model'], limit: 500 });
    const pairs = Map.groupBy(spans.filter(isCall), (span) => JSON.stringify([featureOf(span), span.model]));
    const expected = [...pairs].map(([pair, some]) => {
      const [feature, model] = JSON.parse(pair) as [string | null, string];
      return { feature, model, ...costRow(some), 'calls.sum': some.length };
    });
    const order = (rows: readonly MetricsRow[]) => rows.map((row) => JSON.stringify(row)).sort();
    expect(order(groups.map((row) => sorted(row)))).toEqual(order(expected.map((row) => sorted(row))));
  });

  it('can be attributes, tools, kinds, trace names and resource attributes', async () => {
    const { groups } = await ask(['count'], { dimensions: ['attr.plan'] });
    expect(groups).toEqual(countsBy((span) => span.plan || null, 'attr.plan'));
    const tools = await ask(['count', 'errorRate'], { dimensions: ['tool'], q: 'kind:tool' });
    expect(tools.groups.map(({ tool }) => tool).sort()).toEqual(['lookup', 'refund']);
    const names = await ask(['count'], { dimensions: ['traceName'] });
    expect(names.groups).toEqual(
      countsBy((span) => `root of ${traceOf.get(span.trace)?.feature}`, 'traceName'),
    );
  });

  it('of a list count a trace for each of its values, and once in the rest', async () => {
    const traces = [...traceOf.values()];
    const { groups, totals } = await ask(['count'], { of: 'traces', dimensions: ['tag'] });
    const having = (tag: string) => traces.filter(({ tags }) => tags.includes(tag)).length;
    const untagged = traces.filter(({ tags }) => tags.length === 0).length;
    expect(new Map(groups.map((row) => [row.tag, row['count.sum']]))).toEqual(
      new Map<unknown, unknown>([
        ['vip', having('vip')],
        ['beta', having('beta')],
        [null, untagged],
      ]),
    );
    expect(totals).toEqual({ 'count.sum': traces.length });
    const one = await ask(['count'], { of: 'traces', dimensions: ['tag'], limit: 1, order: 'asc' });
    expect(one.groups).toHaveLength(1);
    const first = one.groups[0]?.tag ?? null;
    const others = traces.filter(({ tags }) =>
      first === null ? tags.length > 0 : tags.length === 0 || tags.some((tag) => tag !== first),
    );
    expect(one.other?.total).toEqual({ 'count.sum': others.length });
  });

  it('can be ranges of a number, which are not limited', async () => {
    const { rows, columns } = await ask(['calls'], { dimensions: ['cost'], limit: 1, q: 'kind:llm' });
    const binned = Map.groupBy(spans.filter(isCall), ({ micros }) =>
      micros === null ? null : binOf(micros / 1e6),
    );
    const expected = [...binned]
      .sort(([a], [b]) => (a ?? -1) - (b ?? -1))
      .map(([cost, some]) => ({ cost, 'calls.sum': some.length }));
    expect(rows).toEqual(expected);
    expect(columns[0]).toEqual({ name: 'cost', type: 'number', unit: 'usd' });
  });

  it('are the same hours of the day in a range of a few days and in one from 1970 to 2200, and months reach beyond 2106', async () => {
    const options = { dimensions: ['hourOfDay'], timeZone: 'America/New_York' };
    const { rows } = await ask(['count'], options);
    const long = await ask(['count'], {
      ...options,
      fromNs: 0n,
      toNs: BigInt(Date.UTC(2200, 0)) * 1_000_000n,
    });
    expect(long.rows).toEqual(rows);
    const late = await ask(['count'], {
      grain: 'month',
      toNs: BigInt(Date.UTC(2107, 0)) * 1_000_000n,
    });
    expect(late.rows[0]).toEqual({ time: '2026-10-01T00:00:00.000000000Z', 'count.sum': spans.length });
    expect(rows.find(({ hourOfDay }) => hourOfDay === 0)?.['count.sum']).toBe(
      spans.filter(({ startMs }) => new Date(startMs - 4 * 3_600_000).getUTCHours() === 0).length,
    );
  });

  it('divide a rate by the time in an hour of the day, and in a day of the week', async () => {
    // Ten days from a Tuesday: each hour comes ten times; Tuesday to Thursday come twice.
    const { rows } = await ask(['count:rate', 'count'], { dimensions: ['hourOfDay'] });
    for (const row of rows) expect(row['count.rate']).toBeCloseTo(Number(row['count.sum']) / 600, 9);
    const days = await ask(['count:rate', 'count'], { dimensions: ['dayOfWeek'] });
    for (const row of days.rows)
      expect(row['count.rate']).toBeCloseTo(
        Number(row['count.sum']) / ([2, 3, 4].includes(Number(row.dayOfWeek)) ? 2880 : 1440),
        9,
      );
    const both = await ask(['count:rate', 'count'], { dimensions: ['hourOfDay', 'dayOfWeek'] });
    const one = both.rows.find((row) => row.hourOfDay === 2 && row.dayOfWeek === 2);
    expect(one?.['count.rate']).toBeCloseTo(Number(one?.['count.sum']) / 120, 9);
    const daily = await ask(['count:rate', 'count'], { dimensions: ['hourOfDay'], grain: 'day' });
    for (const row of daily.rows) expect(row['count.rate']).toBeCloseTo(Number(row['count.sum']) / 60, 9);
    // In Berlin, the hour from 2 to 3 comes twice on 25 October.
    const berlin = await ask(['count:rate', 'count'], {
      dimensions: ['hourOfDay'],
      timeZone: 'Europe/Berlin',
    });
    const twice = berlin.rows.find(({ hourOfDay }) => hourOfDay === 2);
    expect(twice?.['count.rate']).toBeCloseTo(Number(twice?.['count.sum']) / 660, 9);
  });

  it('can be hours of the day and days of the week in a zone with a change of clocks', async () => {
    const offset = (ms: number) => (ms < Date.UTC(2026, 9, 25, 1) ? 2 : 1) * 3_600_000;
    const wall = (ms: number) => new Date(ms + offset(ms));
    const options = { timeZone: 'Europe/Berlin' };
    const hours = await ask(['count'], { dimensions: ['hourOfDay'], ...options });
    const byHour = Map.groupBy(spans, ({ startMs }) => wall(startMs).getUTCHours());
    expect(hours.rows).toEqual(
      [...byHour]
        .sort(([a], [b]) => a - b)
        .map(([hourOfDay, some]) => ({ hourOfDay, 'count.sum': some.length })),
    );
    const days = await ask(['count'], { dimensions: ['dayOfWeek'], ...options });
    const byDay = Map.groupBy(spans, ({ startMs }) => wall(startMs).getUTCDay() || 7);
    expect(days.rows).toEqual(
      [...byDay]
        .sort(([a], [b]) => a - b)
        .map(([dayOfWeek, some]) => ({ dayOfWeek, 'count.sum': some.length })),
    );
    const daily = await ask(['count'], { grain: 'day', ...options });
    const perDay = Map.groupBy(spans, ({ startMs }) => wall(startMs).toISOString().slice(0, 10));
    expect(daily.rows.map((row) => row['count.sum'])).toEqual(
      [...perDay].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, some]) => some.length),
    );
  });
});

it('keeps hostile values of labels apart, alone and in pairs', async () => {
  const values = [
    "'; DROP TABLE spans; --",
    '\\',
    '\0',
    '1:a',
    '2:ab',
    'é'.repeat(300),
    '{p0:String}',
    '"',
    ' ',
  ];
  await store.insertSpans(
    ...values.flatMap((value, index) =>
      Array.from({ length: index + 1 }, (_, copy) => ({
        ...toRow(spans[0] as Generated),
        project: 'hostile',
        trace_id: `h${index}`,
        span_id: `h${index}-${copy}`,
        feature: value,
        attributes: { "it's": value, other: `${value}:` },
      })),
    ),
  );
  const options = { limit: 500, order: 'asc' } as const;
  const { groups } = await ask(['count'], { dimensions: ['feature'], ...options }, 'hostile');
  expect(groups).toEqual(values.map((feature, index) => ({ feature, 'count.sum': index + 1 })));
  const pairs = await ask(['count'], { dimensions: ["attr.it's", 'attr.other'], ...options }, 'hostile');
  expect(pairs.groups).toEqual(
    values.map((value, index) => ({ "attr.it's": value, 'attr.other': `${value}:`, 'count.sum': index + 1 })),
  );
});

describe('a filter', () => {
  it('selects spans by their own fields and by the feature of their trace', async () => {
    const { totals } = await ask(['cost', 'count'], { q: 'feature:search kind:llm cost>0.1' });
    const some = spans.filter(
      (span) => isCall(span) && featureOf(span) === 'search' && (span.micros ?? 0) > 100_000,
    );
    expect(totals).toEqual({ ...costRow(some), 'count.sum': some.length });
  });

  it('selects traces as in the list of traces', async () => {
    const { totals } = await ask(['count'], { of: 'traces', q: 'has(kind:tool status:error)' });
    const failing = new Set(
      spans.filter(({ kind, status }) => kind === 'tool' && status === 'error').map(({ trace }) => trace),
    );
    expect(totals).toEqual({ 'count.sum': failing.size });
  });
});

describe('scores', () => {
  it('of the spans of a trace, or of the trace itself, are averaged by trace', async () => {
    const { groups, totals } = await ask(
      ['score.quality', 'score.quality:count', 'count', 'score.verdict:passRate'],
      {
        of: 'traces',
        dimensions: ['tool'],
      },
    );
    expect(totals['count.sum']).toBe(traceOf.size);
    expect(totals['score.quality.count']).toBe(traceOf.size);
    const lengths = [...traceOf.keys()].map((trace) => `s${trace}-0`.length / 10);
    expect(totals['score.quality.avg']).toBeCloseTo((sum(lengths) ?? 0) / lengths.length, 12);
    const [{ passed } = { passed: '' }] = await store.engine.query<{ passed: string }>(
      "SELECT avg(number) AS passed FROM scores FINAL WHERE name = 'verdict'",
    );
    expect(totals['score.verdict.passRate']).toBeCloseTo(Number(passed), 12);
    const lookups = new Set(spans.filter(({ tool }) => tool === 'lookup').map(({ trace }) => trace)).size;
    expect(groups.find(({ tool }) => tool === 'lookup')?.['score.quality.count']).toBe(lookups);
  });
});

describe('the confidence interval of a score', () => {
  it('contains the average, is about as wide as theory says, and is narrower with more scores', async () => {
    await store.engine.command(`INSERT INTO spans (project, trace_id, span_id, name, kind, start, feature, version)
      SELECT 'ci', concat('c', toString(number)), 's', 'x', 'chain', '2026-10-21 10:00:00', if(number < 900, 'many', 'few'), 1 FROM numbers(930)`);
    await settle('ci');
    await store.engine.command(`INSERT INTO scores (project, id, trace_id, name, value_type, number, created, version)
      SELECT 'ci', concat('c', toString(number)), concat('c', toString(number)), 'quality', 'number', (number % 10) / 10, '2026-10-21 10:00:00', 1 FROM numbers(930)`);
    const { groups } = await ask(
      ['score.quality', 'score.quality:ciLow', 'score.quality:ciHigh', 'score.quality:count'],
      { of: 'traces', dimensions: ['feature'] },
      'ci',
    );
    const widthOf = (feature: string) => {
      const row = groups.find((each) => each.feature === feature) ?? {};
      const [low, high] = [Number(row['score.quality.ciLow']), Number(row['score.quality.ciHigh'])];
      expect([low < 0.45, high > 0.45]).toEqual([true, true]);
      return high - low;
    };
    // The standard deviation of 0, 0.1 … 0.9 is 0.287, and an interval of a normal distribution is 3.92 / √n of it wide.
    expect(widthOf('many') / ((3.92 * 0.287) / 30)).toBeGreaterThan(0.7);
    expect(widthOf('many') / ((3.92 * 0.287) / 30)).toBeLessThan(1.3);
    expect(widthOf('few') / widthOf('many')).toBeGreaterThan(3);
  });
});

describe('the previous period', () => {
  it('has the same groups and the same length', async () => {
    const middle = START_MS + 5 * DAY_MS;
    const { previous, groups } = await ask(['cost'], {
      dimensions: ['model'],
      grain: 'day',
      compare: 'previous',
      fromNs: BigInt(middle) * 1_000_000n,
    });
    const before = spans.filter(({ startMs }) => startMs < middle);
    expect(previous?.totals).toEqual(costRow(before));
    expect(previous?.times).toHaveLength(5);
    expect(previous?.groups.map(({ model }) => model)).toEqual(groups.map(({ model }) => model));
    const large = before.filter(({ model }) => model === 'large');
    expect(previous?.groups.find(({ model }) => model === 'large')).toEqual({
      model: 'large',
      ...costRow(large),
    });
  });
});

describe('a period without groups', () => {
  const after = {
    fromNs: BigInt(START_MS + DAYS * DAY_MS) * 1_000_000n,
    toNs: BigInt(START_MS + 2 * DAYS * DAY_MS) * 1_000_000n,
    compare: 'previous' as const,
  };

  it.each([
    [['user'], undefined],
    [['user'], 'day' as const],
    [['user', 'model'], undefined],
    [['user', 'model'], 'day' as const],
    [['tag'], 'day' as const],
    [['user', 'hourOfDay'], undefined],
  ])('by %j with the grain %s has only the rest of the previous one', async (dimensions, grain) => {
    const { rows, groups, other, previous, totals } = await ask(['cost'], { dimensions, grain, ...after });
    const rest = costRow(spans);
    expect({ rows, groups, other, totals }).toEqual({
      rows: [],
      groups: [],
      other: null,
      totals: { 'cost.sum': null, unpricedCalls: 0 },
    });
    expect(previous).toMatchObject({ rows: [], groups: [], totals: rest, other: { total: rest } });
  });
});

describe('an invalid query', () => {
  it.each([
    [['costs'], {}, 'measures[0].measure: there is no measure "costs"'],
    [['cost:p42'], {}, 'measures[0].aggregation: expected sum, avg'],
    [['ttft'], { of: 'traces' as const }, 'Set of to "spans"'],
    [['cost'], { dimensions: ['colour'] }, 'dimensions[0]: there is no dimension "colour"'],
    [['cost'], { of: 'traces' as const, dimensions: ['attr.x'] }, 'Set of to "spans"'],
    [['cost', 'cost'], {}, 'cost.sum: expected each measure'],
    [['cost'], { grain: 'minute' as const }, '14400 steps, more than 1000'],
    [['cost'], { grain: 'hour' as const, limit: 500, dimensions: ['user'] }, 'Use a smaller limit'],
  ])('%j %j is rejected with what is possible', async (measures, options, message) => {
    await expect(ask(measures, options)).rejects.toThrow(message);
  });

  it.each(['auto', 'month', 'week'] as const)(
    'with the grain %s over 130 years asks for a shorter range',
    async (grain) => {
      const years = { fromNs: 0n, toNs: BigInt(Date.UTC(2100, 0)) * 1_000_000n };
      await expect(ask(['cost'], { grain, ...years })).rejects.toThrow('more than 1000. Use a shorter range');
    },
  );

  it('with an empty range is rejected', async () => {
    await expect(ask(['cost'], { fromNs: 5n, toNs: 5n })).rejects.toThrow('expected a time after from');
  });
});

function sorted(row: MetricsRow): MetricsRow {
  return Object.fromEntries(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The number of spans for each value, highest first. */
function countsBy(labelOf: (span: Generated) => string | null, name: string): MetricsRow[] {
  return [...Map.groupBy(spans, labelOf)]
    .map(([value, some]) => ({ [name]: value, 'count.sum': some.length }))
    .sort((a, b) => Number(b['count.sum']) - Number(a['count.sum']));
}
