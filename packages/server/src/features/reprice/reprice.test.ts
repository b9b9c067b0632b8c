import { eventually } from '@throughline/tests/eventually';
import { waitFor } from '@throughline/tests/wait-for';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RepriceJob } from '../../contract/reprice-job.ts';
import type { SpanDetail } from '../../contract/span.ts';
import { rawSpan } from '../../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function call(method: string, path: string, project: string, body?: unknown) {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      'x-throughline-project': project,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text && JSON.parse(text) };
}

const START_NS = 1_795_000_000_000_000_000n;
const idOf = (number: number, length = 32) => (number + 1).toString(16).padStart(length, '0');

/** A call of 1,000 input and 100 output tokens; one per trace. */
function modelCall(number: number, model: string, attributes: Record<string, string | bigint | number> = {}) {
  return rawSpan({
    traceId: idOf(number),
    startTimeUnixNano: START_NS + BigInt(number) * 1_000_000_000n,
    endTimeUnixNano: START_NS + BigInt(number) * 1_000_000_000n + 5n,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': model,
      'gen_ai.usage.input_tokens': 1000n,
      'gen_ai.usage.output_tokens': 100n,
      ...attributes,
    },
  });
}

async function setPrice(project: string, model: string, input: number, output = 0): Promise<void> {
  const { body } = await call('GET', '/prices', project);
  const known = body.prices.find((price: { model: string }) => price.model === model);
  const price = { model, usdPerMillion: { input, output } };
  const answer = known
    ? await call('PUT', `/prices/${known.id}`, project, price)
    : await call('POST', '/prices', project, price);
  expect(answer.status).toBeLessThan(300);
}

/** Starts a run and waits for its end. */
async function reprice(project: string, body: unknown = {}): Promise<RepriceJob> {
  const started = await call('POST', '/reprice-jobs', project, body);
  expect(started).toMatchObject({ status: 202, body: { state: 'running' } });
  return waitFor('the end of the run', async () => {
    const job = (await call('GET', `/reprice-jobs/${started.body.id}`, project)).body as RepriceJob;
    return job.state === 'running' ? undefined : job;
  });
}

const costOf = async (project: string, number: number) =>
  ((await call('GET', `/traces/${idOf(number)}/spans/${'b'.repeat(16)}`, project)).body as SpanDetail)
    .costUsd;
const totalOf = async (project: string) =>
  (await call('GET', '/traces/summary?buckets=1', project)).body as Record<string, unknown>;

describe('repricing', () => {
  test('gives stored spans and the totals of their traces the costs of today, and reports what changes', async () => {
    const project = 'shop';
    await setPrice(project, 'acme', 1, 10);
    await server.send(project, [
      modelCall(0, 'acme'),
      modelCall(1, 'mystery'),
      modelCall(2, 'acme', { 'gen_ai.usage.cost': 0.5 }),
      modelCall(3, 'gpt-4o', { 'gen_ai.provider.name': 'openai' }),
      modelCall(4, 'acme', { 'openai.response.service_tier': 'batch' }),
    ]);
    await server.send('other', [modelCall(0, 'mystery')]);
    await setPrice(project, 'acme', 2, 20);
    await setPrice(project, 'mystery', 3, 30);

    const dry = await reprice(project, { dryRun: true });
    expect(await costOf(project, 0)).toBe(0.002);
    const done = await reprice(project);
    const expected = {
      state: 'done',
      // The reported cost is not examined.
      spansTotal: 4,
      spansDone: 4,
      spansChanged: 2,
      costBeforeUsd: 0.0055,
      costAfterUsd: 0.0135,
      models: [
        {
          provider: null,
          model: 'mystery',
          spans: 1,
          changed: 1,
          newlyPriced: 1,
          noLongerPriced: 0,
          costBeforeUsd: 0,
          costAfterUsd: 0.006,
        },
        {
          provider: null,
          model: 'acme',
          spans: 2,
          changed: 1,
          newlyPriced: 0,
          noLongerPriced: 0,
          costBeforeUsd: 0.002,
          costAfterUsd: 0.004,
        },
        expect.objectContaining({ model: 'gpt-4o', spans: 1, changed: 0, costAfterUsd: 0.0035 }),
      ],
      error: null,
    };
    expect(dry).toMatchObject({ ...expected, dryRun: true });
    expect(done).toMatchObject({ ...expected, dryRun: false });
    const costs = await Promise.all([0, 1, 2, 3, 4].map((number) => costOf(project, number)));
    expect(costs).toEqual([0.004, 0.006, 0.5, 0.0035, null]);
    // Only the batch call, for which the price has no factor, still lacks a cost.
    expect(await totalOf(project)).toMatchObject({ costUsd: 0.5135, unpricedCalls: 1 });
    expect(await costOf('other', 0)).toBeNull();
    expect(await reprice(project)).toMatchObject({ spansDone: 4, spansChanged: 0, costBeforeUsd: 0.0135 });
    expect((await call('GET', '/reprice-jobs', project)).body.jobs).toHaveLength(3);
    expect((await call('GET', '/reprice-jobs', 'other')).body).toEqual({ jobs: [] });
  });

  test('examines only the spans that pass the filter and are in the range', async () => {
    const project = 'filtered';
    await server.send(project, [modelCall(0, 'a'), modelCall(1, 'b'), modelCall(2, 'a')]);
    await setPrice(project, '*a', 1);
    await setPrice(project, '*b', 1);
    const at = new Date(Number(START_NS / 1_000_000n) + 1500).toISOString();
    expect(await reprice(project, { q: 'model:a', to: at })).toMatchObject({ spansDone: 1, spansChanged: 1 });
    expect(await Promise.all([0, 1, 2].map((number) => costOf(project, number)))).toEqual([
      0.001,
      null,
      null,
    ]);
    expect(await reprice(project, { q: 'model:b', from: at })).toMatchObject({ spansDone: 0 });
  });

  test('leaves scores, tags, deletions and everything else of a span as it is', async () => {
    const project = 'careful';
    await server.send(project, [modelCall(0, 'm'), modelCall(1, 'm')]);
    await call('POST', '/scores', project, [
      { traceId: idOf(0), spanId: 'b'.repeat(16), name: 'good', value: 1 },
    ]);
    await call('POST', '/tags', project, { traceIds: [idOf(0)], add: ['kept'] });
    await waitFor('the score to be readable', () => server.journal.isEmpty);
    const before = (await call('GET', `/traces/${idOf(0)}/spans/${'b'.repeat(16)}`, project)).body;
    await call('DELETE', `/traces/${idOf(1)}`, project);
    await setPrice(project, 'm', 5);
    await reprice(project);
    const after = (await call('GET', `/traces/${idOf(0)}/spans/${'b'.repeat(16)}`, project)).body;
    const cost = {
      costUsd: 0.005,
      inputCostUsd: 0.005,
      outputCostUsd: 0,
      costDetails: { inputTokens: 0.005, outputTokens: 0 },
      costSource: expect.stringMatching(/^project-price:/),
      costCalculation: expect.objectContaining({ isCurrent: true }),
    };
    expect(after).toEqual({ ...before, ...cost });
    expect(before.scores).toHaveLength(1);
    const { body } = await call('GET', '/traces', project);
    expect(body.traces).toMatchObject([{ traceId: idOf(0), tags: ['kept'], costUsd: 0.005 }]);
    expect(body.traces).toHaveLength(1);
  });

  test('goes on while spans arrive, and every span has one row and one cost in the end', async () => {
    const project = 'busy';
    const send = (from: number) =>
      server.send(
        project,
        Array.from({ length: 500 }, (_, index) => modelCall(from + index, 'm')),
      );
    for (let from = 0; from < 3000; from += 500) await send(from);
    await setPrice(project, 'm', 2);
    let isDone = false;
    const job = reprice(project).finally(() => {
      isDone = true;
    });
    let sent = 3000;
    // Half of these repeat spans that are being repriced.
    for (let round = 0; !isDone || round < 2; round++) {
      await send(sent);
      await send((round * 1500) % 3000);
      sent += 500;
    }
    const { spansDone, spansChanged } = await job;
    expect(spansDone).toBeGreaterThanOrEqual(3000);
    // A span that arrived again before its window has its cost already.
    expect(spansChanged).toBeLessThanOrEqual(3000);
    await eventually('the totals', async () => {
      const { traces, costUsd, unpricedCalls } = await totalOf(project);
      return { traces, costUsd, unpricedCalls };
    }).toEqual({ traces: sent, costUsd: sent * 0.002, unpricedCalls: 0 });
    const [row] = await server.engine.query<{ n: string; usd: string }>(
      "SELECT count() AS n, toString(sum(cost_usd)) AS usd FROM spans FINAL WHERE project = 'busy'",
    );
    expect(row).toEqual({ n: String(sent), usd: String(sent * 0.002) });
  });

  test('can be cancelled, and a project has one run at a time', async () => {
    const project = 'busy';
    await setPrice(project, 'm', 4);
    const { body: job } = await call('POST', '/reprice-jobs', project, {});
    const second = await call('POST', '/reprice-jobs', project, {});
    expect(second).toMatchObject({ status: 409, body: { code: 'reprice-running' } });
    expect((await call('DELETE', `/reprice-jobs/${job.id}`, 'other')).status).toBe(404);
    const cancelled = await call('DELETE', `/reprice-jobs/${job.id}`, project);
    expect(cancelled).toMatchObject({ status: 200, body: { state: 'cancelled' } });
    // Another run does the rest.
    await reprice(project);
    const [row] = await server.engine.query<{ n: string }>(
      "SELECT count() AS n FROM spans FINAL WHERE project = 'busy' AND cost_usd != 0.004",
    );
    expect(row).toEqual({ n: '0' });
  });

  test('a call whose cost is too large to be stored has no cost and does not disturb the others', async () => {
    const project = 'huge';
    const tokens = (count: bigint) => ({ 'gen_ai.usage.input_tokens': count });
    await setPrice(project, 'acme', 1);
    await server.send(project, [
      modelCall(0, 'gpt-4o', { 'gen_ai.provider.name': 'openai', ...tokens(400_000_000_001n) }),
      modelCall(1, 'acme', tokens(400_000_000_000n)),
      modelCall(2, 'acme'),
      modelCall(3, 'acme', { ...tokens(5_000_000_000_000_000n), 'gen_ai.usage.cost': 2e7 }),
    ]);
    const detailOf = async (number: number) =>
      (await call('GET', `/traces/${idOf(number)}/spans/${'b'.repeat(16)}`, project)).body as SpanDetail;
    const none = {
      costUsd: null,
      costSource: null,
      costDetails: {},
      costCalculation: {
        text: 'The price gives more than $999,999, the largest cost of a call. The number of tokens or the price is probably wrong.',
        isCurrent: true,
        currentCostUsd: null,
      },
    };
    expect(await detailOf(0)).toMatchObject(none);
    expect(await detailOf(3)).toMatchObject(none);
    expect(await costOf(project, 1)).toBe(400_000);
    await setPrice(project, 'acme', 100);
    expect((await detailOf(1)).costCalculation).toMatchObject({ isCurrent: false, currentCostUsd: null });
    const dry = await reprice(project, { dryRun: true });
    const done = await reprice(project);
    const acme = { model: 'acme', spans: 3, changed: 2, noLongerPriced: 1, costAfterUsd: 0.1 };
    const expected = { state: 'done', spansDone: 4, spansChanged: 2, models: [acme, { changed: 0 }] };
    expect(dry).toMatchObject(expected);
    expect(done).toMatchObject(expected);
    expect(await detailOf(1)).toMatchObject(none);
    expect(await costOf(project, 2)).toBe(0.1);
    expect(await totalOf(project)).toMatchObject({ costUsd: 0.1, unpricedCalls: 3 });
  });

  test('of rows of an earlier version derives the service tier from their content', async () => {
    const project = 'old';
    await server.send(project, [
      modelCall(0, 'o4-mini', { 'gen_ai.provider.name': 'openai', 'openai.response.service_tier': 'flex' }),
    ]);
    await server.engine.command(
      "INSERT INTO spans SELECT * REPLACE (NULL AS service_tier, NULL AS cost_usd, version + 1 AS version) FROM spans FINAL WHERE project = 'old'",
    );
    expect((await call('GET', `/traces/${idOf(0)}/spans/${'b'.repeat(16)}`, project)).body).toMatchObject({
      serviceTier: 'flex',
      costUsd: null,
    });
    await reprice(project);
    // 1,000 × $1.10/M + 100 × $4.40/M, halved.
    expect(await costOf(project, 0)).toBe(0.00077);
  });

  test.each([
    [{ q: 'kind:(' }, 'invalid-filter'],
    [{ q: 'errors>1' }, 'invalid-filter'],
    [{ from: 'yesterday' }, 'invalid-request'],
    [{ dryrun: true }, 'invalid-request'],
  ])('%j is rejected', async (body, code) => {
    expect(await call('POST', '/reprice-jobs', 'shop', body)).toMatchObject({ status: 400, body: { code } });
  });
});
