import {
  COUNTED_KINDS,
  type Expression,
  type FilterableSpan,
  type FilterableTrace,
  matchesSpan,
  matchesTrace,
  printFilter,
  type SpanKind,
  type TextCondition,
} from '@throughline/spans';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { and, sql } from '../../clickhouse/sql.ts';
import { type ListedSpan, SPAN_SORTS, type SpanSort, type SpanSortField } from '../../contract/span-list.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { projectScope } from '../project-scope.ts';
import { listSpans } from '../spans/list-spans.ts';
import { filterConditions, spanFilterConditions } from './filter-sql.ts';

/** A span to insert, with every field that filters use. */
interface TestSpan {
  readonly trace_id: string;
  readonly span_id: string;
  readonly parent_span_id: string;
  readonly start: string;
  readonly startMs: number;
  readonly name: string;
  readonly kind: SpanKind;
  readonly status: 'ok' | 'error' | 'unset';
  readonly model: string;
  readonly tags: readonly string[];
  readonly counted: boolean;
  readonly duration_ns: number | null;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
  readonly cost_usd: string | null;
  readonly ttft_ns: number | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly pod: string;
  readonly words: string;
  readonly score: number | null;
}

const NAMES = ['chat', 'lookup order', 'lookup_100%', 'search'];
const KINDS = ['llm', 'tool', 'agent', 'span'] as const;
const MODELS = ['', 'gpt-4o', 'gpt-4o-mini'];
const TAGS = ['vip', 'beta'];
const WORDS = ['refund', 'policy', 'late', 'delivery'];

const aSpan = fc.record({
  parent: fc.nat(9),
  name: fc.constantFrom(...NAMES),
  kind: fc.constantFrom(...KINDS),
  status: fc.constantFrom('ok' as const, 'error' as const, 'unset' as const),
  model: fc.constantFrom(...MODELS),
  tags: fc.subarray(TAGS),
  durationMs: fc.option(fc.nat(5), { nil: null }),
  input: fc.option(fc.nat(3), { nil: null }),
  output: fc.option(fc.nat(3), { nil: null }),
  cost: fc.option(fc.nat(3), { nil: null }),
  ttft: fc.option(fc.nat(3), { nil: null }),
  tier: fc.constantFrom(undefined, 'gold', '2', '10'),
  pod: fc.constantFrom('web-1', 'web-2', ''),
  words: fc.array(fc.constantFrom(...WORDS), { maxLength: 4 }),
  score: fc.option(fc.nat(2), { nil: null }),
  offsetMs: fc.nat(5),
});

const START_MS = Date.UTC(2026, 10, 20, 10);

/** Forty traces of one to eight spans: trees in which a parent can be missing, with running spans and absent values. */
function randomTraces(): TestSpan[][] {
  return fc
    .sample(fc.array(aSpan, { minLength: 1, maxLength: 8 }), { numRuns: 40, seed: 20_261_120 })
    .map((spans, trace) =>
      spans.map((span, index): TestSpan => {
        const startMs = START_MS + trace * 1000 + span.offsetMs;
        return {
          trace_id: `t${trace}`,
          span_id: `s${index}`,
          parent_span_id:
            index === 0 && trace % 5 > 0 ? '' : index <= span.parent ? 'gone' : `s${span.parent % index}`,
          start: new Date(startMs).toISOString().replace('T', ' ').replace('Z', '000000'),
          startMs,
          name: span.name,
          kind: span.kind,
          status: span.status,
          model: span.model,
          tags: span.tags,
          counted: COUNTED_KINDS.has(span.kind),
          duration_ns: span.durationMs === null ? null : span.durationMs * 1e6,
          input_tokens: span.input,
          output_tokens: span.output,
          cost_usd: span.cost === null ? null : `0.0${span.cost}`,
          ttft_ns: span.ttft === null ? null : span.ttft * 1e6,
          attributes: span.tier === undefined ? {} : { 'customer.tier': span.tier },
          pod: span.pod,
          words: span.words.join(' '),
          score: span.score,
        };
      }),
    );
}

function filterable(span: TestSpan): FilterableSpan {
  const numbers: Readonly<Record<string, number | null>> = {
    cost: span.cost_usd === null ? null : Number(span.cost_usd),
    latency: span.duration_ns === null ? null : span.duration_ns / 1e6,
    ttft: span.ttft_ns === null ? null : span.ttft_ns / 1e6,
    inputTokens: span.input_tokens,
    outputTokens: span.output_tokens,
    tokens: addUp([span.input_tokens, span.output_tokens]),
  };
  const labels: Readonly<Record<string, readonly string[]>> = {
    kind: [span.kind],
    name: [span.name],
    status: [span.status],
    model: [span.model],
    tag: span.tags,
    trace: [span.trace_id],
  };
  return {
    spanId: span.span_id,
    parentSpanId: span.parent_span_id,
    label: (field) => labels[field] ?? [],
    number: (field) => numbers[field] ?? undefined,
    attribute: (key) => span.attributes[key],
    resourceAttribute: (key) => (key === 'k8s.pod.name' ? span.pod : undefined),
    scores: (name) => (name === 'faithfulness' && span.score !== null ? [span.score] : []),
    hasText: (condition) => hasText(span.words, condition),
  };
}

function filterableTrace(spans: readonly TestSpan[]): FilterableTrace {
  const roots = spans.filter((span) => span.parent_span_id === '').sort((a, b) => a.startMs - b.startMs);
  const failed = (some: readonly TestSpan[]) => some.some(({ status }) => status === 'error');
  const status = failed(roots)
    ? 'error'
    : (roots[0]?.status ??
      (failed(spans) ? 'error' : spans.some((span) => span.status === 'ok') ? 'ok' : 'unset'));
  const counted = spans.filter((span) => span.counted);
  const last = Math.max(...spans.map(({ startMs, duration_ns }) => startMs + (duration_ns ?? 0) / 1e6));
  const latency = last - Math.min(...spans.map(({ startMs }) => startMs));
  const hasEnded = spans.some((span) => span.duration_ns !== null);
  const numbers: Readonly<Record<string, number | null>> = {
    spans: spans.length,
    errors: spans.filter((span) => span.status === 'error').length,
    cost: addUp(counted.map(({ cost_usd }) => (cost_usd === null ? null : Number(cost_usd)))),
    inputTokens: addUp(counted.map((span) => span.input_tokens)),
    outputTokens: addUp(counted.map((span) => span.output_tokens)),
    tokens: addUp(counted.flatMap((span) => [span.input_tokens, span.output_tokens])),
    latency: hasEnded || latency > 0 ? latency : null,
  };
  return {
    spans: spans.map(filterable),
    status,
    number: (field) => numbers[field] ?? undefined,
    scores: (name) =>
      name === 'faithfulness' ? spans.flatMap(({ score }) => (score === null ? [] : [score])) : [],
  };
}

/** The sum of the values, rounded as in the store. Null if all values are absent. */
function addUp(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? null : Number(present.reduce((a, b) => a + b, 0).toFixed(12));
}

function hasText(words: string, { match, text }: TextCondition): boolean {
  if (match === 'phrase') return ` ${words} `.includes(` ${text} `);
  return words.split(' ').some((word) => (match === 'prefix' ? word.startsWith(text) : word === text));
}

const comparison = fc.constantFrom('>' as const, '>=' as const, '<' as const, '<=' as const, '=' as const);
const field = <Field extends string>(name: Field) => ({ type: 'field' as const, field: name });
const numberTest = (unit: number) =>
  fc.oneof(
    fc.record({
      type: fc.constant('compare' as const),
      comparison,
      value: fc.nat(8).map((n) => (n * unit) / 100),
    }),
    fc.constant({ type: 'between' as const, low: unit / 100, high: (3 * unit) / 100 }),
    fc.constant({ type: 'exists' as const }),
  );
const labelCondition = fc
  .constantFrom(
    ...NAMES.map((value) => ['name', value] as const),
    ...KINDS.map((value) => ['kind', value] as const),
    ...MODELS.slice(1).map((value) => ['model', value] as const),
    ...TAGS.map((value) => ['tag', value] as const),
    ...['ok', 'error', 'unset'].map((value) => ['status', value] as const),
    ['trace', 't7'] as const,
  )
  .chain(([name, value]) =>
    fc
      .oneof(
        fc.constant({ type: 'equals' as const, value }),
        fc.constant({ type: 'exists' as const }),
        fc
          .nat(value.length - 1)
          .map((at) => ({ type: 'like' as const, pieces: [value.slice(0, at + 1), ''] })),
        fc.nat(value.length - 1).map((at) => ({ type: 'like' as const, pieces: ['', value.slice(at)] })),
        fc
          .nat(value.length - 1)
          .map((at) => ({ type: 'like' as const, pieces: ['', value.slice(at, at + 2), ''] })),
      )
      .map((test): Expression => ({ type: 'label', subject: field(name), test })),
  );
const open: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom('gold', '2').map(
    (value): Expression => ({
      type: 'label',
      subject: { type: 'attribute', key: 'customer.tier' },
      test: { type: 'equals', value },
    }),
  ),
  numberTest(200).map(
    (test): Expression => ({
      type: 'number',
      subject: { type: 'attribute', key: 'customer.tier' },
      test,
    }),
  ),
  fc.constant<Expression>({
    type: 'label',
    subject: { type: 'resource', key: 'k8s.pod.name' },
    test: { type: 'like', pieces: ['', '-1'] },
  }),
  numberTest(100).map(
    (test): Expression => ({ type: 'number', subject: { type: 'score', name: 'faithfulness' }, test }),
  ),
);
const text: fc.Arbitrary<Expression> = fc.oneof(
  fc.constantFrom(...WORDS).map((word): Expression => ({ type: 'text', match: 'word', text: word })),
  fc.constantFrom('re', 'deliver').map((word): Expression => ({ type: 'text', match: 'prefix', text: word })),
  fc
    .tuple(fc.constantFrom(...WORDS), fc.constantFrom(...WORDS))
    .map(([a, b]): Expression => ({ type: 'text', match: 'phrase', text: `${a} ${b}` })),
);

function expressions(of: 'trace' | 'span'): fc.Arbitrary<Expression> {
  const numbers = [
    ['cost', 1],
    ['latency', 100],
    ['tokens', 100],
    ['inputTokens', 100],
    ...(of === 'trace'
      ? ([
          ['errors', 100],
          ['spans', 100],
        ] as const)
      : ([['ttft', 100]] as const)),
  ] as const;
  const number = fc
    .constantFrom(...numbers)
    .chain(([name, unit]) =>
      numberTest(unit).map((test): Expression => ({ type: 'number', subject: field(name), test })),
    );
  const leaf = fc.oneof(labelCondition, number, open, text);
  return fc.letrec<{ node: Expression }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      leaf,
      fc
        .tuple(
          fc.constantFrom('and' as const, 'or' as const),
          fc.array(tie('node'), { minLength: 2, maxLength: 3 }),
        )
        .map(([type, operands]) => ({ type, operands })),
      tie('node').map((operand) => ({ type: 'not' as const, operand })),
      ofSpans.chain((where) =>
        fc
          .constantFrom('has' as const, 'root' as const, 'parent' as const, 'under' as const)
          .map((type) => ({ type, where })),
      ),
      fc
        .tuple(comparison, fc.nat(3), ofSpans)
        .map(([how, value, where]) => ({ type: 'count' as const, where, comparison: how, value })),
    ),
  })).node;
}
const spanLeaf: fc.Arbitrary<Expression> = fc.oneof(labelCondition, open, text);
const ofSpans: fc.Arbitrary<Expression> = fc.oneof(
  spanLeaf,
  fc.tuple(spanLeaf, spanLeaf).map(([a, b]) => ({ type: 'and' as const, operands: [a, b] })),
  spanLeaf.map((operand) => ({ type: 'not' as const, operand })),
  spanLeaf.map((where) => ({ type: 'parent' as const, where })),
);

const traces = randomTraces();
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
  const spans = traces.flat();
  const rows = spans.map(({ startMs, pod, words, score, ...row }) => row);
  // Half of the spans are inserted twice, in separate parts. Each still counts once.
  await store.insertSpans(...rows);
  await store.insertSpans(...rows.filter((_row, index) => index % 2 === 0));
  await store.insertPayloads(
    ...spans.map(({ trace_id, span_id, start, words, pod }, index) => ({
      trace_id,
      span_id,
      start,
      [index % 2 === 0 ? 'input' : 'output']: { 'input.value': words },
      resource: JSON.stringify({ attributes: pod === '' ? {} : { 'k8s.pod.name': pod } }),
    })),
  );
  const scores = spans.filter(({ score }) => score !== null);
  await store.engine.command(
    `INSERT INTO scores FORMAT JSONEachRow\n${scores
      .map(({ trace_id, span_id, score }) =>
        JSON.stringify({
          project: 'p',
          id: `${trace_id}/${span_id}`,
          trace_id,
          span_id,
          name: 'faithfulness',
          value_type: 'number',
          number: score,
          created: '2026-11-20 10:00:00',
          version: 1,
        }),
      )
      .join('\n')}\n`,
  );
});
afterAll(() => store.close());

const FROM_NS = BigInt(START_MS - 1000) * 1_000_000n;
const TO_NS = BigInt(START_MS + 3_600_000) * 1_000_000n;

it('filters of traces find the same traces as an evaluation in JavaScript', async () => {
  const scope = projectScope(store.engine, 'p');
  await fc.assert(
    fc.asyncProperty(expressions('trace'), async (filter) => {
      const rows = await scope.query<{ trace_id: string }>(
        sql`SELECT trace_id FROM ${scope.traces} AS traces WHERE ${and(filterConditions(scope, filter, FROM_NS, TO_NS))}`,
      );
      const expected = traces
        .filter((spans) => matchesTrace(filter, filterableTrace(spans)))
        .map((spans) => spans[0]?.trace_id);
      expect(rows.map((row) => row.trace_id).sort(), printFilter(filter)).toEqual(expected.sort());
    }),
    { numRuns: 150 },
  );
});

it('filters of spans find the same spans as an evaluation in JavaScript', async () => {
  const scope = projectScope(store.engine, 'p');
  await fc.assert(
    fc.asyncProperty(expressions('span'), async (filter) => {
      const rows = await scope.query<{ id: string }>(
        sql`SELECT concat(trace_id, '/', span_id) AS id FROM ${scope.mergedSpans} WHERE ${and(spanFilterConditions(scope, filter, FROM_NS, TO_NS))}`,
      );
      const expected = traces.flatMap((spans) => {
        const trace = filterableTrace(spans);
        return spans
          .filter((span) => matchesSpan(filter, filterable(span), trace))
          .map((span) => `${span.trace_id}/${span.span_id}`);
      });
      expect(rows.map((row) => row.id).sort(), printFilter(filter)).toEqual(expected.sort());
    }),
    { numRuns: 150 },
  );
});

it('pages of spans list exactly the spans that match, in every order', async () => {
  const scope = projectScope(store.engine, 'p');
  const pageSize = fc.integer({ min: 20, max: 200 });
  await fc.assert(
    fc.asyncProperty(
      expressions('span'),
      fc.constantFrom(...SPAN_SORTS),
      pageSize,
      async (filter, sort, limit) => {
        const listed: ListedSpan[] = [];
        let cursor: string | undefined;
        do {
          const page = await listSpans(scope, {
            filter,
            fromNs: FROM_NS,
            toNs: TO_NS,
            sort,
            limit,
            cursor,
            columns: [],
          });
          listed.push(...page.spans);
          cursor = page.nextCursor ?? undefined;
        } while (cursor !== undefined);
        const expected = traces.flatMap((spans) => {
          const trace = filterableTrace(spans);
          return spans
            .filter((span) => matchesSpan(filter, filterable(span), trace))
            .map((span) => `${span.trace_id}/${span.span_id}`);
        });
        const what = `${printFilter(filter)} ${sort}`;
        expect(listed.map((span) => `${span.traceId}/${span.spanId}`).sort(), what).toEqual(expected.sort());
        const values = listed.map((span) => sortValueOf(span, sort));
        const present = values.filter((value) => value !== null);
        // Absent values are last, also in descending order.
        expect(values.slice(present.length), what).toEqual(values.slice(present.length).map(() => null));
        const sorted = present.toSorted(compare);
        expect(present, what).toEqual(sort.startsWith('-') ? sorted.reverse() : sorted);
      },
    ),
    { numRuns: 20 },
  );
});

function sortValueOf(span: ListedSpan, sort: SpanSort): number | string | null {
  const field = sort.replace('-', '') as SpanSortField;
  if (field === 'startTime') return Date.parse(span.startTime);
  if (field === 'totalTokens') return addUp([span.inputTokens, span.outputTokens]);
  const value = span[field];
  return typeof value === 'string' ? value.toLowerCase() || null : value;
}

function compare(a: number | string, b: number | string): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
}
