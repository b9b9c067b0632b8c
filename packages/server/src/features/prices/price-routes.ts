import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { projectOf, projectQuery } from '../../api/request-scope.ts';
import { timeQuery } from '../../api/time-query.ts';
import type { Engine } from '../../clickhouse/engine.ts';
import { modelPrices as modelPricesSchema } from '../../contract/model-price.ts';
import { newPrice, price, priceList } from '../../contract/price.ts';
import { problem } from '../../contract/problem.ts';
import { disconnectSignal } from '../../http/disconnect-signal.ts';
import { projectScope } from '../../query/project-scope.ts';
import type { CurrentPrices } from './current-prices.ts';
import { modelPrices } from './model-prices.ts';
import type { PriceStore } from './price-store.ts';

export interface PriceRoutesParts {
  readonly prices: PriceStore;
  readonly currentPrices: Pick<CurrentPrices, 'refresh' | 'of'>;
  readonly engine: Engine;
}

/** Larger than the largest price. */
const MAX_BODY_BYTES = 64 << 10;

const params = z.object({ priceId: z.string().min(1).max(100) });
const failures = { 400: problem, 429: problem, 500: problem, 503: problem };
const IN_FORCE =
  'Spans that arrive after the response are priced with it, on other servers within a few seconds. Stored spans keep their ' +
  'cost until they are repriced.';

/** Routes of `/prices`. Only `/prices/models` reads ClickHouse. */
export const priceRoutes: FastifyPluginAsyncZod<PriceRoutesParts> = async (app, parts) => {
  const { prices, currentPrices, engine } = parts;

  app.get(
    '/prices',
    {
      config: { readsStore: false },
      schema: {
        operationId: 'listPrices',
        tags: ['prices'],
        summary: 'The prices that a project has set',
        querystring: projectQuery,
        response: { 200: priceList, ...failures },
      },
    },
    async (request) => ({ prices: await prices.list(projectOf(request)) }),
  );

  app.get(
    '/prices/models',
    {
      schema: {
        operationId: 'listModelPrices',
        tags: ['prices'],
        summary: 'The models of a project with their price and what they were used for',
        description: 'Models whose calls have no cost come first.',
        querystring: projectQuery.extend({
          from: timeQuery.describe('Calls that started at or after this time, ISO 8601'),
          to: timeQuery.describe('Calls that started before this time, ISO 8601'),
          limit: z.coerce.number().int().min(1).max(1000).default(200),
        }),
        response: { 200: modelPricesSchema, ...failures, 422: problem },
      },
    },
    async (request, reply) => {
      const { from, to, limit } = request.query;
      const project = projectOf(request);
      return modelPrices(projectScope(engine, project), {
        fromNs: from,
        toNs: to,
        limit,
        nowMs: Date.now(),
        prices: currentPrices.of(project),
        limits: { signal: disconnectSignal(reply) },
      });
    },
  );

  app.post(
    '/prices',
    {
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        operationId: 'createPrice',
        tags: ['prices'],
        summary: 'Set the price of a model',
        description: `It applies before the price table. ${IN_FORCE} A project can have 500 prices of 128 KiB together.`,
        querystring: projectQuery,
        body: newPrice,
        response: { 201: price, ...failures, 409: problem, 413: problem },
      },
    },
    async (request, reply) => {
      const created = await prices.create(projectOf(request), request.body);
      await currentPrices.refresh();
      return reply.code(201).send(created);
    },
  );

  app.put(
    '/prices/:priceId',
    {
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        operationId: 'replacePrice',
        tags: ['prices'],
        summary: 'Replace a price',
        description: IN_FORCE,
        params,
        querystring: projectQuery,
        body: newPrice,
        response: { 200: price, ...failures, 404: problem, 409: problem, 413: problem },
      },
    },
    async (request) => {
      const changed = await prices.replace(projectOf(request), request.params.priceId, request.body);
      await currentPrices.refresh();
      return changed;
    },
  );

  app.delete(
    '/prices/:priceId',
    {
      schema: {
        operationId: 'deletePrice',
        tags: ['prices'],
        summary: 'Delete a price',
        description: `The price table applies again. ${IN_FORCE}`,
        params,
        querystring: projectQuery,
        response: { 204: z.null(), ...failures, 404: problem },
      },
    },
    async (request, reply) => {
      await prices.remove(projectOf(request), request.params.priceId);
      await currentPrices.refresh();
      return reply.code(204).send(null);
    },
  );
};
