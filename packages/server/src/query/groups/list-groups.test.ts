import { parseFilter } from '@throughline/spans';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GROUP_SORTS, type GroupSort } from '../../contract/trace-groups.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { projectScope } from '../project-scope.ts';
import { getGroup } from './get-group.ts';
import type { GroupBy } from './group-columns.ts';
import { type ListedGroup, type ListGroupsOptions, listGroups } from './list-groups.ts';
import { listTurns } from './list-turns.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const LATER_NS = 2n ** 60n;

function list(project: string, by: GroupBy, options: Partial<ListGroupsOptions> = {}) {
  const scope = projectScope(store.engine, project);
  return listGroups(scope, by, { sort: '-lastSeen', limit: 100, asOfNs: LATER_NS, ...options });
}

const filterOf = (text: string) => {
  const parsed = parseFilter(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.filter;
};
const at = (minute: number) => `2026-11-20 10:${String(minute).padStart(2, '0')}:00`;

async function fillShop(): Promise<void> {
  const root = (number: number, session: string, user: string, status = 'ok') => ({
    project: 'shop',
    trace_id: `t${number}`,
    span_id: 'root',
    name: `answer ${number}`,
    start: at(number),
    session_id: session,
    user_id: user,
    status,
  });
  const call = (number: number, cost: string | null, tokens: number | null, status = 'ok') => ({
    ...root(number, '', '', status),
    span_id: 'call',
    parent_span_id: 'root',
    kind: 'llm',
    counted: true,
    input_tokens: tokens,
    output_tokens: tokens === null ? null : 2,
    cost_usd: cost,
  });
  await store.insertSpans(
    ...[root(1, 's1', 'u1'), call(1, '0.25', 100)],
    ...[root(2, 's1', 'u1', 'error'), call(2, '0.5', 50, 'error')],
    ...[root(3, 's2', 'u1'), { ...call(3, null, 10), model: 'local-model' }],
    ...[root(4, 's3', 'u2'), call(4, null, null)],
    // A trace of two sessions belongs to both, and one without a session to none.
    root(5, 's2', 'u2'),
    { ...root(5, 's3', 'u2'), span_id: 'other', parent_span_id: 'root' },
    root(6, '', ''),
  );
  await store.insertPayloads(
    {
      project: 'shop',
      trace_id: 't2',
      span_id: 'root',
      start: at(2),
      input_preview: 'the last question of s1',
    },
    {
      project: 'shop',
      trace_id: 't5',
      span_id: 'root',
      start: at(5),
      output_preview: 'the last answer of s2',
    },
  );
}

it('a session has the totals of its traces and the preview of the last one', async () => {
  await fillShop();
  const { groups, nextCursor } = await list('shop', 'session');
  expect(nextCursor).toBeNull();
  // s2 and s3 share their last trace.
  expect(groups.map(({ id }) => id)).toEqual(['s3', 's2', 's1']);
  expect(groups[2]).toEqual({
    id: 's1',
    traceCount: 2,
    failedTraceCount: 1,
    errorCount: 2,
    inputTokens: 150,
    outputTokens: 4,
    costUsd: 0.75,
    costIncomplete: false,
    unpricedCalls: 0,
    unpricedModels: [],
    firstSeen: '2026-11-20T10:01:00.000000000Z',
    lastSeen: '2026-11-20T10:02:00.000000000Z',
    lastTraceId: 't2',
    lastTraceName: 'answer 2',
    lastInputPreview: 'the last question of s1',
    lastOutputPreview: null,
    lastUserId: 'u1',
  });
  expect(groups[1]).toMatchObject({
    traceCount: 2,
    costUsd: null,
    costIncomplete: true,
    unpricedCalls: 1,
    unpricedModels: ['local-model'],
    inputTokens: 10,
    lastTraceId: 't5',
    lastOutputPreview: 'the last answer of s2',
  });
  expect(groups[0]).toMatchObject({ traceCount: 2, costUsd: null, costIncomplete: false, inputTokens: null });
});

it('users are counted in the same way, and a filter or a range limits the traces that count', async () => {
  const { groups } = await list('shop', 'user');
  expect(groups.map(({ id, traceCount, costUsd }) => [id, traceCount, costUsd])).toEqual([
    ['u2', 2, null],
    ['u1', 3, 0.75],
  ]);
  const failed = await list('shop', 'user', { filter: filterOf('status:error') });
  expect(failed.groups).toMatchObject([{ id: 'u1', traceCount: 1, costUsd: 0.5, lastTraceId: 't2' }]);
  const early = await list('shop', 'user', { toNs: BigInt(Date.UTC(2026, 10, 20, 10, 2)) * 1_000_000n });
  expect(early.groups).toMatchObject([{ id: 'u1', traceCount: 1, lastTraceId: 't1' }]);
});

it.each(GROUP_SORTS)(
  'sorted by %s, each session is listed once and rows without a value are last',
  async (sort) => {
    const listed: ListedGroup[] = [];
    let cursor: string | undefined;
    do {
      const page = await list('shop', 'session', { sort, limit: 1, cursor });
      expect(page.groups).toHaveLength(1);
      listed.push(...page.groups);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(listed.map(({ id }) => id).sort()).toEqual(['s1', 's2', 's3']);
    const values = listed.map((group) => sortValueOf(group, sort));
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  },
);

function sortValueOf(group: ListedGroup, sort: GroupSort): number {
  const values: Readonly<Record<string, number | null>> = {
    ...(group as unknown as Record<string, number | null>),
    lastSeen: Date.parse(group.lastSeen),
    firstSeen: Date.parse(group.firstSeen),
    // The ids are s1, s2 and s3.
    id: Number(group.id.slice(1)),
    totalTokens: group.inputTokens === null ? null : group.inputTokens + (group.outputTokens ?? 0),
  };
  const value = values[sort.replace('-', '')];
  if (value === null || value === undefined) return Number.POSITIVE_INFINITY;
  return sort.startsWith('-') ? -value : value;
}

it('a session that gets new traces while pages are read is listed once, with its first totals', async () => {
  const trace = (number: number, session: number, version: number) => ({
    project: 'arriving',
    trace_id: `t${number}`,
    span_id: 'root',
    session_id: `s${session}`,
    start: at(number),
    version,
  });
  for (const sort of ['-lastSeen', 'lastSeen', '-traceCount', 'firstSeen'] as const) {
    const project = `arriving ${sort}`;
    await store.insertSpans(
      ...Array.from({ length: 12 }, (_, number) => ({ ...trace(number, number % 6, 1), project })),
    );
    const listed: ListedGroup[] = [];
    let cursor: string | undefined;
    for (let page = 0; page === 0 || cursor !== undefined; page += 1) {
      const found = await list(project, 'session', { sort, limit: 2, asOfNs: 5n, cursor });
      listed.push(...found.groups);
      cursor = found.nextCursor ?? undefined;
      // Sessions that are already listed, and those that are not, become the last active ones.
      await store.insertSpans(
        ...[0, 1, 2, 3, 4, 5, 6].map((session) => ({
          ...trace(20 + 7 * page + session, session, 9),
          project,
        })),
      );
    }
    expect(listed.map(({ id, traceCount }) => [id, traceCount]).sort(), sort).toEqual(
      ['s0', 's1', 's2', 's3', 's4', 's5'].map((id) => [id, 2]),
    );
  }
});

it('a single session and a single user have the totals of all their traces', async () => {
  await store.insertSpans(
    ...[1, 2, 3].map((number) => ({
      project: 'single',
      trace_id: `t${number}`,
      span_id: 'root',
      start: at(number),
      duration_ns: number * 1_000_000_000,
      session_id: number === 3 ? 'other' : 's',
      user_id: 'u',
      feature: number === 3 ? 'search' : 'chat',
      model: `model-${number}`,
      kind: 'llm',
      counted: true,
      input_tokens: 10,
      status: number === 2 ? 'error' : 'ok',
    })),
  );
  const scope = projectScope(store.engine, 'single');
  expect(await getGroup(scope, 'session', 's', LATER_NS)).toMatchObject({
    id: 's',
    traceCount: 2,
    failedTraceCount: 1,
    activeMs: 3000,
    p50DurationMs: 2000,
    models: ['model-1', 'model-2'],
    features: ['chat'],
    users: ['u'],
    unpricedCalls: 2,
    unpricedModels: ['model-1', 'model-2'],
    lastTraceId: 't2',
  });
  expect(await getGroup(scope, 'user', 'u', LATER_NS)).toMatchObject({
    traceCount: 3,
    sessionCount: 2,
    activeMs: 6000,
    features: ['chat', 'search'],
  });
  expect(await getGroup(scope, 'user', 'nobody', LATER_NS)).toBeUndefined();
});

it('the turns of a session are what was said, the tools that were called and the failures that were survived', async () => {
  const long = 'x'.repeat(5000);
  const turn = (number: number, question: string, answer: string) => {
    const base = { project: 'talk', trace_id: `t${number}`, start: at(number), session_id: 's' };
    const child = { ...base, session_id: '', parent_span_id: 'root' };
    return {
      spans: [
        { ...base, span_id: 'root', name: `turn ${number}`, status: 'ok' },
        { ...child, span_id: 'call 1', kind: 'tool', name: 'call', tool_name: 'lookup', status: 'error' },
        { ...child, span_id: 'call 2', kind: 'tool', name: 'call', tool_name: 'lookup' },
        { ...child, span_id: 'chain', name: 'chain', status: 'error' },
        {
          ...child,
          span_id: 'inner',
          parent_span_id: 'chain',
          name: 'parse',
          status: 'error',
          error_type: 'ParseError',
          status_message: 'm'.repeat(400),
        },
      ],
      payload: {
        project: 'talk',
        trace_id: `t${number}`,
        span_id: 'root',
        start: at(number),
        input: { 'input.value': question },
        output: { 'output.value': answer },
        input_preview: 'the preview',
      },
    };
  };
  const turns = [
    turn(1, '{"question": "Where\\nis it?"}', 'On its way.'),
    turn(2, long, 'Two.'),
    turn(3, 'Last', ''),
  ];
  await store.insertSpans(...turns.flatMap(({ spans }) => spans));
  await store.insertPayloads(...turns.map(({ payload }) => payload));
  const scope = projectScope(store.engine, 'talk');
  const first = await listTurns(scope, 's', { sort: 'startTime', limit: 2, asOfNs: LATER_NS });
  expect(first.turns.map(({ question, answer }) => [question, answer])).toEqual([
    [
      { text: 'Where\nis it?', cut: false },
      { text: 'On its way.', cut: false },
    ],
    [
      { text: 'x'.repeat(4000), cut: true },
      { text: 'Two.', cut: false },
    ],
  ]);
  expect(first.turns[0]).toMatchObject({ traceId: 't1', status: 'ok', errorCount: 3 });
  expect(first.turns[0]?.tools).toEqual([{ name: 'lookup', count: 2, failedCount: 1, spanId: 'call 1' }]);
  // The chain only passed on the failure of its child.
  expect(first.turns[0]?.failures).toEqual([
    { spanId: 'call 1', name: 'call', kind: 'tool', errorType: null, message: null },
    { spanId: 'inner', name: 'parse', kind: 'span', errorType: 'ParseError', message: 'm'.repeat(300) },
  ]);
  const cursor = first.nextCursor ?? undefined;
  const next = await listTurns(scope, 's', { sort: 'startTime', limit: 2, cursor, asOfNs: LATER_NS });
  expect(next.turns.map(({ traceId, answer }) => [traceId, answer])).toEqual([['t3', null]]);
  expect(next.nextCursor).toBeNull();
  const newest = await listTurns(scope, 's', { sort: '-startTime', limit: 1, asOfNs: LATER_NS });
  expect(newest.turns.map(({ traceId }) => traceId)).toEqual(['t3']);
  expect(await listTurns(scope, 'none', { sort: 'startTime', limit: 2, asOfNs: LATER_NS })).toEqual({
    turns: [],
    nextCursor: null,
  });
});
