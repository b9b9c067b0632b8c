import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Engine } from '../../clickhouse/engine.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { projectScope } from '../project-scope.ts';
import { listTraces } from './list-traces.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const AS_OF_NS = 5n;
const NUMBERS = [0, 1, 2, 3];
const ids = NUMBERS.map((number) => `t${number}`);
const at = (minute: number) => `2026-11-20 10:${String(minute).padStart(2, '0')}:00`;

/**
 * Inserts traces whose roots and leaves alternate in time, so that a trace that moves passes others:
 *
 *     t0 root ── t1 root ── t2 root, t0 leaf ── t3 root, t1 leaf …
 *
 * Every other root is missing at first. `arrive` inserts these roots.
 */
async function fill(project: string, rootVersion: number): Promise<() => Promise<void>> {
  const root = (number: number) => ({
    project,
    trace_id: `t${number}`,
    span_id: 'root',
    start: at(4 * number),
  });
  const leaf = (number: number) => ({ ...root(number), span_id: 'leaf', parent_span_id: 'root' });
  await store.insertSpans(
    ...NUMBERS.map((number) => ({ ...leaf(number), start: at(4 * number + 9) })),
    ...NUMBERS.filter((number) => number % 2 === 0).map(root),
  );
  const late = NUMBERS.filter((number) => number % 2 === 1).map(root);
  return () => store.insertSpans(...late.map((row) => ({ ...row, version: rootVersion })));
}

/** Reads all pages. `arrive` is called before the page with this number, starting at 1. */
async function listAll(
  project: string,
  sort: 'startTime' | '-startTime',
  arriveBefore: number,
  arrive: () => Promise<void>,
): Promise<string[]> {
  const listed: string[] = [];
  let cursor: string | undefined;
  for (let page = 0; page === 0 || cursor !== undefined; page += 1) {
    if (page === arriveBefore) await arrive();
    const scope = projectScope(store.engine, project);
    const found = await listTraces(scope, { sort, limit: 1, asOfNs: AS_OF_NS, cursor });
    listed.push(...found.traces.map(({ traceId }) => traceId));
    cursor = found.nextCursor ?? undefined;
  }
  return listed.sort();
}

it.each(['startTime', '-startTime'] as const)(
  'pages by %s list each trace once, even if roots arrive between two pages',
  async (sort) => {
    for (const page of [1, 2, 3]) {
      const project = `${sort} ${page}`;
      expect([page, await listAll(project, sort, page, await fill(project, 9))]).toEqual([page, ids]);
    }
  },
);

it('a page lists each trace, even if a root becomes readable between two statements', async () => {
  for (let number = 1; ; number += 1) {
    const project = `loaded ${number}`;
    const arrive = await fill(project, 3);
    let statements = 0;
    const engine: Engine = Object.assign(Object.create(store.engine) as Engine, {
      query: async (...asked: Parameters<Engine['query']>) => {
        statements += 1;
        if (statements === number) await arrive();
        return store.engine.query(...asked);
      },
    });
    const { traces } = await listTraces(projectScope(engine, project), {
      sort: '-startTime',
      limit: 50,
      asOfNs: AS_OF_NS,
    });
    if (statements < number) break;
    expect([number, traces.map(({ traceId }) => traceId).sort()]).toEqual([number, ids]);
  }
});
