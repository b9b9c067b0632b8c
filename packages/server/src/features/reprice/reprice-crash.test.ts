import { createProjectPrices } from '@throughline/spans';
import { waitFor } from '@throughline/tests/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../clickhouse/engine.ts';
import { RELATIONAL_ENGINES, type TestRelational } from '../../testing/relational-engines.ts';
import { openTestStore, type TestStore } from '../../testing/test-store.ts';
import { createRepriceJobStore, type RepriceJobStore } from './reprice-job-store.ts';
import { createRepriceRunner, type RepriceRunnerParts } from './reprice-runner.ts';

const [SQLITE] = RELATIONAL_ENGINES;
let store: TestStore;
let relational: TestRelational;
let jobs: RepriceJobStore;
beforeAll(async () => {
  if (!SQLITE) throw new Error('there is an engine');
  await SQLITE.start();
  [store, relational] = await Promise.all([openTestStore(), SQLITE.open()]);
  jobs = createRepriceJobStore({ relational, nowMs: Date.now });
});
afterAll(async () => {
  await Promise.all([store.close(), relational.close()]);
  await SQLITE?.stop();
});

const PRICES = createProjectPrices([
  {
    id: 'a',
    revision: 1,
    model: 'acme',
    prices: { input: 2, output: 0 },
    tiers: [],
    serviceTiers: {},
  },
]);
const ALL = { q: null, from: null, to: null, dryRun: false };

function startRunner(change: Partial<RepriceRunnerParts> = {}) {
  return createRepriceRunner({
    engine: store.engine,
    settler: { alone: (work) => work() },
    jobs,
    relational,
    prices: { of: () => PRICES, refresh: async () => {} },
    owner: 'embedded',
    whenLoaded: async () => {},
    onWarning: () => {},
    ...change,
  });
}

/** Spans in five minutes, so that a run has several windows, each with a call of 1,000 tokens per trace. */
async function insertCalls(project: string, perMinute: number): Promise<void> {
  await store.engine.command(`INSERT INTO spans
    (project, trace_id, span_id, start, duration_ns, kind, model, service_tier, input_tokens, counted, version)
    SELECT '${project}', toString(number), 's', toDateTime64('2026-11-20 10:00:00', 9, 'UTC') + intDiv(number, ${perMinute}) * 60,
      1, 'llm', 'acme', '', 1000, 1, 16 * number + 16 FROM numbers(${5 * perMinute})`);
}

class Killed extends Error {}

/** Ends the process, as far as the run is concerned, at the `at`th time that it saves its progress. */
function killedAt(at: number, moment: 'before' | 'after'): RepriceJobStore {
  let saves = 0;
  let isDead = false;
  const alive = () => {
    if (isDead) throw new Killed();
  };
  return {
    ...jobs,
    claim: async (owner) => {
      alive();
      return jobs.claim(owner);
    },
    save: async (...args) => {
      alive();
      const isLast = ++saves === at;
      if (isLast) isDead = true;
      if (isLast && moment === 'before') throw new Killed();
      await jobs.save(...args);
      if (isLast) throw new Killed();
      return true;
    },
    finish: async () => {
      throw new Killed();
    },
  };
}

// The first save of a window is before its rows are written, the second one after that.
test.each([
  ['after a window was announced and before its rows are written', 3, 'after'],
  ['after the rows of a window are written and before that is saved', 4, 'before'],
  ['between two windows', 4, 'after'],
] as const)('a run that is killed %s counts every span once', async (_when, save, moment) => {
  const project = `killed ${save} ${moment}`;
  await insertCalls(project, 2500);
  const first = startRunner({ jobs: killedAt(save, moment) });
  const { id } = await first.start(project, ALL);
  await waitFor('the kill', async () => (await jobs.get(project, id)).spansDone > 0);
  await first.stop();
  const interrupted = await jobs.get(project, id);
  expect(interrupted.state).toBe('running');
  expect(interrupted.spansDone).toBeLessThan(12_500);

  const second = startRunner();
  const done = await waitFor('the end of the run', async () => {
    const job = await jobs.get(project, id);
    return job.state === 'running' ? undefined : job;
  });
  await second.stop();
  expect(done).toMatchObject({
    state: 'done',
    spansDone: 12_500,
    spansChanged: 12_500,
    costBeforeUsd: 0,
    costAfterUsd: 25,
  });
  const rows = await store.engine.query(
    `SELECT toString(count()) AS n, toString(sum(cost_usd)) AS usd, toString(max(version % 16)) AS bumped
     FROM spans FINAL WHERE project = {project:String}`,
    { project },
  );
  // Each row was written once again: its version grew by one.
  expect(rows).toEqual([{ n: '12500', usd: '25', bumped: '1' }]);
  const traces = await store.engine.query(
    'SELECT toString(count()) AS n, toString(sum(cost_usd)) AS usd FROM traces FINAL WHERE project = {project:String}',
    { project },
  );
  expect(traces).toEqual([{ n: '12500', usd: '25' }]);
});

// With the filter, a call no longer passes once it has its new cost.
test.each([
  ['all calls', null],
  ['calls without a cost', '-cost:*'],
])(
  'a run of %s that is killed before the traces of its rows are settled settles them later',
  async (_of, q) => {
    const project = `unsettled ${q}`;
    await insertCalls(project, 100);
    const killed = killedAfterRows();
    const first = startRunner({ jobs: killed.jobs, engine: killed.engine });
    const { id } = await first.start(project, { ...ALL, q });
    await waitFor('the kill', async () => killed.isDead());
    await first.stop();
    expect(await costOfSpans(project)).toBe('1');
    expect(await costOfTraces(project)).toBe('0');

    const second = startRunner();
    const done = await waitFor('the end of the run', async () => {
      const job = await jobs.get(project, id);
      return job.state === 'running' ? undefined : job;
    });
    expect(done).toMatchObject({ state: 'done', spansChanged: 500, costAfterUsd: 1 });
    expect(await costOfTraces(project)).toBe('1');
    await second.stop();
  },
);

test('a run settles the traces whose rows a cancelled run wrote before it was killed', async () => {
  const project = 'cancelled and killed';
  await insertCalls(project, 100);
  const killed = killedAfterRows();
  const first = startRunner({ jobs: killed.jobs, engine: killed.engine });
  const { id } = await first.start(project, ALL);
  await waitFor('the kill', async () => killed.isDead());
  await first.stop();
  await jobs.cancel(project, id);
  expect(await costOfTraces(project)).toBe('0');

  const second = startRunner();
  const again = await second.start(project, ALL);
  const done = await waitFor('the end of the run', async () => {
    const job = await jobs.get(project, again.id);
    return job.state === 'running' ? undefined : job;
  });
  await second.stop();
  expect(done).toMatchObject({ state: 'done', spansChanged: 0, costAfterUsd: 1 });
  expect(await costOfTraces(project)).toBe('1');
});

/** Ends the process, as far as the run is concerned, as soon as the rows of the first window are written. */
function killedAfterRows() {
  let isDead = false;
  const alive = () => {
    if (isDead) throw new Killed();
  };
  const aliveJobs: RepriceJobStore = {
    ...jobs,
    claim: async (owner) => {
      alive();
      return jobs.claim(owner);
    },
    save: async (...args) => {
      alive();
      return jobs.save(...args);
    },
    finish: async () => {
      throw new Killed();
    },
  };
  const write = async (...args: Parameters<Engine['write']>): Promise<void> => {
    alive();
    await store.engine.write(...args);
    isDead = true;
    throw new Killed();
  };
  const engine: Engine = new Proxy(store.engine, {
    get(target, name) {
      const value: unknown = name === 'write' ? write : Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { jobs: aliveJobs, engine, isDead: () => isDead };
}

const costOfSpans = (project: string) => costOf('spans', project);
const costOfTraces = (project: string) => costOf('traces', project);

async function costOf(table: 'spans' | 'traces', project: string): Promise<string | undefined> {
  const [row] = await store.engine.query<{ usd: string }>(
    `SELECT toString(ifNull(sum(cost_usd), 0)) AS usd FROM ${table} FINAL WHERE project = {project:String}`,
    { project },
  );
  return row?.usd;
}

test('a run of another server is left alone until its lease ends', async () => {
  let nowMs = 1_795_000_000_000;
  const shared = createRepriceJobStore({ relational, nowMs: () => nowMs });
  const progress = { place: { minute: 0, part: 0, parts: 1 }, total: 0, done: 0, changed: 0, models: [] };
  const { id } = await shared.create('leased', ALL, progress);
  expect((await shared.claim('one'))?.id).toBe(id);
  expect(await shared.claim('two')).toBeUndefined();
  expect((await shared.claim('one'))?.id).toBe(id);
  nowMs += 61_000;
  expect((await shared.claim('two'))?.id).toBe(id);
  // The first server notices that it has lost the run.
  expect(await shared.save(id, 'one', progress)).toBe(false);
  expect(await shared.save(id, 'two', progress)).toBe(true);
  await shared.cancel('leased', id);
  expect(await shared.save(id, 'two', progress)).toBe(false);
});
