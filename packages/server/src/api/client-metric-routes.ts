import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Engine } from '../clickhouse/engine.ts';
import { metricPointList, metricSeriesList } from '../contract/client-metric.ts';
import { problem } from '../contract/problem.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import { listMetricPoints, listMetricSeries } from '../query/metrics/client-metrics.ts';
import { projectScope } from '../query/project-scope.ts';
import { projectOf, projectQuery } from './request-scope.ts';
import { timeQuery } from './time-query.ts';

const range = projectQuery.extend({
  from: timeQuery.describe('Points at or after this time, ISO 8601'),
  to: timeQuery.describe('Points before this time, ISO 8601'),
});

const errors = { 400: problem, 422: problem, 429: problem, 500: problem, 503: problem };

export interface OtelMetricRoutesParts {
  readonly engine: Engine;
}

export const otelMetricRoutes: FastifyPluginAsyncZod<OtelMetricRoutesParts> = async (app, { engine }) => {
  app.get(
    '/otel-metrics',
    {
      schema: {
        operationId: 'listOtelMetrics',
        tags: ['otel-metrics'],
        summary: 'Series of GenAI metrics that clients sent over OTLP',
        description:
          'Measurements made by the clients. They do not affect tokens and cost of traces, which are computed from spans.',
        querystring: range.extend({
          name: z
            .string()
            .max(500)
            .optional()
            .describe('Name of the metric, such as `gen_ai.client.token.usage`'),
          limit: z.coerce.number().int().min(1).max(5000).default(1000),
        }),
        response: { 200: metricSeriesList, ...errors },
      },
    },
    async (request, reply) => {
      const { from, to, name, limit } = request.query;
      const signal = disconnectSignal(reply);
      const options = { fromNs: from, toNs: to, name, limit, signal };
      return { series: await listMetricSeries(projectScope(engine, projectOf(request)), options) };
    },
  );

  app.get(
    '/otel-metrics/:seriesId/points',
    {
      schema: {
        operationId: 'listOtelMetricPoints',
        tags: ['otel-metrics'],
        summary: 'Points of one series in the order of time',
        params: z.object({ seriesId: z.string().min(1).max(100) }),
        querystring: range.extend({
          limit: z.coerce
            .number()
            .int()
            .min(1)
            .max(10_000)
            .default(1000)
            .describe('Maximum number of points; the latest ones are returned'),
        }),
        response: { 200: metricPointList, ...errors },
      },
    },
    async (request, reply) => {
      const { from, to, limit } = request.query;
      const scope = projectScope(engine, projectOf(request));
      const options = { fromNs: from, toNs: to, limit, signal: disconnectSignal(reply) };
      return { points: await listMetricPoints(scope, request.params.seriesId, options) };
    },
  );
};
