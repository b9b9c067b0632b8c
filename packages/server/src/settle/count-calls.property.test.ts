import { type RecordedCall, repeatedCalls } from '@throughline/spans';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../testing/test-store.ts';
import { settleTraces } from './settle-traces.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const START_MS = Date.UTC(2026, 10, 20, 12);

/** A version of one of few spans, so that many of them describe the same call. */
const version = fc.record({
  id: fc.nat(6),
  parent: fc.option(fc.nat(6), { nil: undefined }),
  kind: fc.constantFrom('llm', 'llm', 'llm', 'chain'),
  scope: fc.constantFrom('framework', 'sdk'),
  model: fc.constantFrom('gpt-4o', 'gpt-4o-2024-08-06', 'openai/gpt-4o', 'gpt-4o-mini'),
  responseId: fc.constantFrom('', '', 'chatcmpl-1', 'chatcmpl-2'),
  startMs: fc.constantFrom(0, 5, 50_000, 70_000),
  durationMs: fc.option(fc.constantFrom(1000, 990, 100), { nil: null }),
  tokens: fc.option(fc.constantFrom(100, 101, 900), { nil: null }),
  cached: fc.option(fc.constantFrom(0, 50), { nil: null }),
  cost: fc.option(fc.constantFrom(1, 2), { nil: null }),
});
type Version =
  typeof version extends fc.Arbitrary<infer Value> ? Value & { readonly version: number } : never;

const arrivals = fc
  .array(fc.tuple(version, fc.nat(1000)), { minLength: 2, maxLength: 14 })
  .map((spans) =>
    spans.map(([each, age], index): Version => ({ ...each, version: 16 * (1000 * age + index) })),
  );

function toRow(project: string, span: Version): Record<string, unknown> {
  return {
    project,
    trace_id: 't',
    span_id: `s${span.id}`,
    parent_span_id: span.parent === undefined ? '' : `s${span.parent}`,
    start: new Date(START_MS + span.startMs).toISOString().replace('T', ' ').replace('Z', '000000'),
    duration_ns: span.durationMs === null ? null : span.durationMs * 1e6,
    status: 'ok',
    name: 'call',
    kind: span.kind,
    otel_kind: 'client',
    scope: span.scope,
    model: span.model,
    response_id: span.responseId,
    input_tokens: span.tokens,
    cache_read_tokens: span.cached,
    cost_usd: span.cost === null ? null : `0.0${span.cost}`,
    counted: span.kind === 'llm',
    version: span.version,
  };
}

/** The totals of the newest version of each span, without repetitions. */
function expected(versions: readonly Version[]): unknown {
  const newest = [...Map.groupBy(versions, ({ id }) => id).values()].map((same) =>
    same.reduce((a, b) => (b.version > a.version ? b : a)),
  );
  const calls = newest.filter(({ kind }) => kind === 'llm');
  const parents = new Map(
    newest.flatMap(({ id, parent }) => (parent === undefined ? [] : [[`s${id}`, `s${parent}`] as const])),
  );
  const repeated = repeatedCalls(
    calls.map(
      (call): RecordedCall => ({
        spanId: `s${call.id}`,
        kind: 'llm',
        scope: call.scope,
        model: call.model,
        responseId: call.responseId,
        startMs: call.startMs,
        endMs: call.durationMs === null ? undefined : call.startMs + call.durationMs,
        inputTokens: call.tokens ?? undefined,
        hasTokenClasses: (call.cached ?? 0) > 0,
        cost: call.cost === null ? undefined : 'computed',
      }),
    ),
    parents,
  );
  const counted = calls.filter(({ id }) => !repeated.has(`s${id}`));
  const sum = (values: readonly (number | null)[]) => {
    const present = values.filter((value) => value !== null);
    return present.length === 0 ? null : present.reduce((a, b) => a + b, 0);
  };
  return {
    tokens: sum(counted.map(({ tokens }) => tokens)),
    cents: sum(counted.map(({ cost }) => cost)),
    unpriced: counted.filter(({ tokens, cost }) => cost === null && (tokens ?? 0) > 0).length,
    counted: counted.map(({ id }) => `s${id}`).sort(),
  };
}

async function stored(project: string): Promise<unknown> {
  const [row] = await store.engine.query(
    `SELECT toFloat64(input_tokens) AS tokens, round(toFloat64(cost_usd) * 100) AS cents, unpriced,
       (
         SELECT arraySort(groupArrayIf(span_id, counted))
         FROM (SELECT * FROM spans WHERE project = {project:String} ORDER BY version DESC LIMIT 1 BY span_id)
       ) AS counted
     FROM traces FINAL WHERE project = {project:String}`,
    { project },
  );
  return row;
}

it('each call counts once, with any order of arrival, duplicates and newer versions', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      arrivals,
      fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
      fc.array(fc.nat(13), { maxLength: 4 }),
      async (versions, sizes, again) => {
        const project = `p${number++}`;
        const sent = [...versions, ...again.flatMap((index) => versions[index] ?? [])];
        for (let at = 0; at < sent.length; ) {
          const load = sent.slice(at, at + (sizes.next().value ?? 1));
          at += load.length;
          const lines = load.map((each) => JSON.stringify(toRow(project, each)));
          await store.engine.command(`INSERT INTO spans FORMAT JSONEachRow\n${lines.join('\n')}\n`);
          const starts = load.map(({ startMs }) => START_MS + startMs);
          const [firstNs, lastNs] = [
            BigInt(Math.min(...starts)) * 1_000_000n,
            BigInt(Math.max(...starts)) * 1_000_000n,
          ];
          await settleTraces(store.engine, [{ project, traceId: 't', firstNs, lastNs }]);
        }
        expect(await stored(project)).toEqual(expected(versions));
      },
    ),
    { numRuns: 25, seed: 7 },
  );
});

it('a row of an earlier version, whose instrumentation is not known, keeps what ingest decided', async () => {
  const call = { kind: 'llm', model: 'gpt-4o', input_tokens: 10, duration_ns: 1e9 };
  await store.insertSpans(
    { project: 'old', trace_id: 't', span_id: 'a', ...call, counted: true },
    { project: 'old', trace_id: 't', span_id: 'b', parent_span_id: 'a', ...call, counted: false },
    { project: 'old', trace_id: 't', span_id: 'c', parent_span_id: 'a', ...call, counted: true, scope: 'x' },
    { project: 'old', trace_id: 't', span_id: 'd', parent_span_id: 'c', ...call, counted: true, scope: 'y' },
  );
  expect(await stored('old')).toEqual({ tokens: 20, cents: null, unpriced: 2, counted: ['a', 'c'] });
});

describe('the usage of an agent', () => {
  const agent = { kind: 'agent', input_tokens: 900, scope: 'agents', counted: false };
  const call = { kind: 'llm', model: 'gpt-4o', input_tokens: 100, scope: 'sdk', counted: true };
  const settle = (project: string) =>
    settleTraces(store.engine, [
      { project, traceId: 't', firstNs: 0n, lastNs: BigInt(START_MS) * 2_000_000n },
    ]);

  it('counts if no call is below it, and no longer once one has arrived', async () => {
    const project = 'agents';
    await store.insertSpans({ project, trace_id: 't', span_id: 'agent', ...agent, version: 16 });
    await settle(project);
    expect(await stored(project)).toMatchObject({ tokens: 900, counted: ['agent'] });
    const below = { project, trace_id: 't', span_id: 'call', parent_span_id: 'agent', ...call, version: 32 };
    await store.insertSpans(below);
    await settle(project);
    expect(await stored(project)).toMatchObject({ tokens: 100, counted: ['call'] });
    // An agent that is delivered again is decided again.
    await store.insertSpans({ project, trace_id: 't', span_id: 'agent', ...agent, version: 48 });
    await settle(project);
    expect(await stored(project)).toMatchObject({ tokens: 100, counted: ['call'] });
  });

  it('counts beside the larger usage of calls elsewhere', async () => {
    const project = 'remote';
    await store.insertSpans(
      { project, trace_id: 't', span_id: 'root', kind: 'chain', scope: 'app' },
      { project, trace_id: 't', span_id: 'call', parent_span_id: 'root', ...call, input_tokens: 5000 },
      { project, trace_id: 't', span_id: 'remote', parent_span_id: 'root', ...agent },
    );
    await settle(project);
    expect(await stored(project)).toMatchObject({ tokens: 5900, counted: ['call', 'remote'] });
  });

  it('does not count if it repeats the calls below it', async () => {
    const project = 'local';
    await store.insertSpans(
      { project, trace_id: 't', span_id: 'agent', ...agent },
      { project, trace_id: 't', span_id: 'one', parent_span_id: 'agent', ...call, input_tokens: 400 },
      { project, trace_id: 't', span_id: 'two', parent_span_id: 'agent', ...call, input_tokens: 500 },
    );
    await settle(project);
    expect(await stored(project)).toMatchObject({ tokens: 900, counted: ['one', 'two'] });
  });
});
