import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Price } from '../../contract/price.ts';
import type { SpanDetail } from '../../contract/span.ts';
import { rawSpan } from '../../testing/raw-span.ts';
import { startTestServer, type TestServer } from '../../testing/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

async function call(method: string, path: string, body?: unknown, project = 'shop') {
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

const usdPerMillion = { input: 3, output: 15 };
let traces = 0;

/** Sends a model call and returns it as the API does. */
async function recorded(
  model: string,
  {
    project = 'shop',
    attributes = {},
  }: { project?: string; attributes?: Record<string, string | bigint> } = {},
): Promise<SpanDetail> {
  const traceId = (++traces).toString(16).padStart(32, '0');
  const span = rawSpan({
    traceId,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.request.model': model,
      'gen_ai.usage.input_tokens': 1247n,
      'gen_ai.usage.cache_read.input_tokens': 800n,
      'gen_ai.usage.output_tokens': 333n,
      ...attributes,
    },
  });
  await server.send(project, [span]);
  return detailOf(traceId, project);
}

async function detailOf(traceId: string, project = 'shop'): Promise<SpanDetail> {
  return (await call('GET', `/traces/${traceId}/spans/${'b'.repeat(16)}`, undefined, project)).body;
}

describe('prices over the API', () => {
  test('a price applies to the next span of its project, until it is deleted', async () => {
    expect((await recorded('acme-7b')).costUsd).toBeNull();
    const created = await call('POST', '/prices', {
      model: 'acme-*',
      usdPerMillion: { ...usdPerMillion, cachedInput: 0.3 },
    });
    expect(created).toMatchObject({ status: 201, body: { model: 'acme-*', revision: 1, provider: null } });
    const { id } = created.body as Price;
    // 447 × 3 + 800 × 0.3 + 333 × 15 = 6,576 millionths.
    expect(await recorded('acme-7b')).toMatchObject({
      costUsd: 0.006576,
      inputCostUsd: 0.001581,
      outputCostUsd: 0.004995,
      costSource: `project-price:${id}@1`,
    });
    expect((await recorded('acme-7b', { project: 'other' })).costUsd).toBeNull();

    const changed = { model: 'acme-7b', usdPerMillion: { input: 1, output: 1 } };
    expect(await call('PUT', `/prices/${id}`, changed)).toMatchObject({ status: 200, body: { revision: 2 } });
    expect((await recorded('acme-7b')).costUsd).toBe(0.00158);
    expect((await call('GET', '/prices')).body.prices).toMatchObject([{ id, ...changed }]);
    expect((await call('GET', '/prices', undefined, 'other')).body).toEqual({ prices: [] });

    expect((await call('DELETE', `/prices/${id}`, undefined, 'other')).status).toBe(404);
    expect(await call('DELETE', `/prices/${id}`)).toEqual({ status: 204, body: '' });
    expect((await recorded('acme-7b')).costUsd).toBeNull();
  });

  test('a span explains its cost, also after its price has changed', async () => {
    const { body } = await call('POST', '/prices', {
      model: 'explained',
      usdPerMillion: { ...usdPerMillion, cachedInput: 0.3 },
      serviceTiers: { batch: 0.5 },
    });
    const tier = { 'openai.response.service_tier': 'batch' };
    const span = await recorded('explained', { attributes: tier });
    const calculation = {
      text: '(1,247 in: 447 fresh × $3.00/M + 800 cached × $0.30/M; 333 out × $15.00/M) × 0.5 for batch = $0.003288',
      lines: [
        { name: 'cacheReadTokens', direction: 'input', count: 800, price: 0.3, costUsd: 0.00012 },
        { name: 'inputTokens', direction: 'input', count: 447, price: 3, costUsd: 0.0006705 },
        { name: 'outputTokens', direction: 'output', count: 333, price: 15, costUsd: 0.0024975 },
      ],
      factor: 0.5,
      aboveInputTokens: null,
      pricedModel: 'explained',
      seller: null,
      isCurrent: true,
      currentCostUsd: 0.003288,
    };
    expect(span).toMatchObject({ serviceTier: 'batch', costUsd: 0.003288, costCalculation: calculation });

    await call('PUT', `/prices/${body.id}`, { model: 'explained', usdPerMillion: { input: 1, output: 1 } });
    expect((await detailOf(span.traceId)).costCalculation).toEqual({
      ...calculation,
      text: '1,247 in: 447 fresh × $1.50/M + 800 cached × $0.15/M; 333 out × $7.50/M = $0.003288',
      lines: calculation.lines.map((line) => ({ ...line, price: line.price / 2 })),
      factor: 1,
      pricedModel: null,
      isCurrent: false,
      currentCostUsd: null,
    });
  });

  test('a span of the price table, a reported cost and a missing price are explained as well', async () => {
    const ofTable = await recorded('gpt-4o', { attributes: { 'gen_ai.provider.name': 'openai' } });
    expect(ofTable.costCalculation).toMatchObject({
      text: '1,247 in: 447 fresh × $2.50/M + 800 cached × $1.25/M; 333 out × $10.00/M = $0.0054475',
      pricedModel: 'gpt-4o',
      seller: 'openai',
      isCurrent: true,
    });
    expect(ofTable.costUsd).toBe(0.0054475);
    const reported = await recorded('gpt-4o', { attributes: { 'gen_ai.usage.cost': '0.01' } });
    expect(reported).toMatchObject({
      costUsd: 0.01,
      costSource: 'reported',
      costCalculation: { text: 'Reported by the client or provider.', lines: [], currentCostUsd: 0.0054475 },
    });
    const textOf = async (model: string, tier: Record<string, string> = {}) =>
      (await recorded(model, { attributes: tier })).costCalculation?.text;
    expect(await textOf('nobody-knows')).toBe('The price of the model nobody-knows is not known.');
    expect(await textOf('gpt-4o', { 'openai.response.service_tier': 'scale' })).toBe(
      'The price of the service tier "scale" is not known for the model gpt-4o.',
    );
  });

  test.each([
    ['no model', { usdPerMillion }, 'model: '],
    ['only a wildcard', { model: '*', usdPerMillion }, 'model: expected a name or a part of it beside *'],
    ['no price of output', { model: 'x', usdPerMillion: { input: 1 } }, 'usdPerMillion.output: '],
    ['a negative price', { model: 'x', usdPerMillion: { input: -1, output: 1 } }, 'usdPerMillion.input: '],
    ['a price as text', { model: 'x', usdPerMillion: { input: '3', output: 1 } }, 'usdPerMillion.input: '],
    ['an unknown class', { model: 'x', usdPerMillion: { ...usdPerMillion, cached: 1 } }, 'cached'],
    [
      'a time after 2262',
      { model: 'x', usdPerMillion, to: '2500-01-01' },
      'to: expected ISO 8601 from 1970-01-01 to 2262-04-11',
    ],
    ['a time that is none', { model: 'x', usdPerMillion, from: 'soon' }, 'from: expected ISO 8601'],
    [
      'an end before the start',
      { model: 'x', usdPerMillion, from: '2026-12-02', to: '2026-12-01' },
      'to: expected a time after from',
    ],
    [
      'a tier of a class without a price',
      { model: 'x', usdPerMillion, tiers: [{ aboveInputTokens: 200_000, cachedInput: 1 }] },
      'tiers.0.cachedInput: usdPerMillion has no price for cachedInput',
    ],
    [
      'two tiers with the same start',
      {
        model: 'x',
        usdPerMillion,
        tiers: [
          { aboveInputTokens: 5, input: 1 },
          { aboveInputTokens: 5, input: 2 },
        ],
      },
      'tiers.1.aboveInputTokens: another tier has the same',
    ],
    ['a negative factor', { model: 'x', usdPerMillion, serviceTiers: { batch: -1 } }, 'serviceTiers.batch: '],
    ['a model with a line break', { model: 'a\nb', usdPerMillion }, 'model: expected printable'],
  ])('%s is rejected with the name of the field', async (_what, body, detail) => {
    const answer = await call('POST', '/prices', body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    expect(answer.body.detail).toContain(detail);
  });

  test('the same model with the same start gets 409', async () => {
    const price = { model: 'twice', usdPerMillion };
    await call('POST', '/prices', price);
    expect(await call('POST', '/prices', price)).toMatchObject({
      status: 409,
      body: { code: 'price-exists' },
    });
  });

  test('the models of a project are listed with their price, those without a price first', async () => {
    const project = 'models';
    await recorded('gpt-4o', { project, attributes: { 'gen_ai.provider.name': 'openai' } });
    for (let calls = 0; calls < 2; calls++) await recorded('mystery', { project });
    await recorded('acme', { project });
    const { body: created } = await call('POST', '/prices', { model: 'acm*', usdPerMillion }, project);
    const used = { inputTokens: 1247, outputTokens: 333, reportedCalls: 0 };
    const { body } = await call('GET', '/prices/models', undefined, project);
    expect(body).toEqual({
      models: [
        {
          ...used,
          provider: null,
          model: 'mystery',
          calls: 2,
          inputTokens: 2494,
          outputTokens: 666,
          costUsd: null,
          unpricedCalls: 2,
          price: null,
        },
        {
          ...used,
          provider: null,
          model: 'acme',
          calls: 1,
          costUsd: null,
          unpricedCalls: 1,
          price: {
            priceId: created.id,
            table: null,
            pricedModel: 'acm*',
            seller: null,
            usdPerMillion,
            aboveInputTokens: null,
            usdPerRequest: null,
          },
        },
        {
          ...used,
          provider: 'openai',
          model: 'gpt-4o',
          calls: 1,
          costUsd: 0.0054475,
          unpricedCalls: 0,
          price: expect.objectContaining({
            pricedModel: 'gpt-4o',
            usdPerMillion: { input: 2.5, cachedInput: 1.25, output: 10 },
          }),
        },
      ],
      more: false,
    });
    const first = await call('GET', '/prices/models?limit=1', undefined, project);
    expect([first.body.models.length, first.body.more]).toEqual([1, true]);
    const later = await call('GET', '/prices/models?from=2026-11-19', undefined, project);
    expect(later.body.models).toEqual([]);
  });

  test('are part of the OpenAPI document', async () => {
    const { body } = await call('GET', '/openapi.json');
    expect(Object.keys(body.paths)).toEqual(
      expect.arrayContaining(['/api/v1/prices', '/api/v1/prices/{priceId}']),
    );
    expect(body.components.schemas.Price.properties.usdPerMillion.required).toEqual(['input', 'output']);
  });
});
