import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Engine } from '../clickhouse/engine.ts';
import { timeZoneQuery } from '../contract/time-zone.ts';
import {
  HEAT_MEASURES,
  traceDifferences as traceDifferencesSchema,
  traceHeatMap as traceHeatMapSchema,
} from '../contract/trace-distribution.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import { readFilter } from '../query/filter/read-filter.ts';
import { projectScope } from '../query/project-scope.ts';
import { traceHeatMap } from '../query/traces/heat-map.ts';
import { traceDifferences } from '../query/traces/trace-differences.ts';
import { filterQuery, listErrors } from './list-query.ts';
import { projectOf, projectQuery } from './request-scope.ts';
import { timeQuery } from './time-query.ts';

const range = projectQuery.extend({
  q: filterQuery,
  from: timeQuery.describe('Traces that started at or after this time, ISO 8601'),
  to: timeQuery.describe('Traces that started before this time, ISO 8601'),
});

/** How the traces of a range are distributed: over time and a measure, and in two groups. */
export const traceDistributionRoutes: FastifyPluginAsyncZod<{ readonly engine: Engine }> = async (
  app,
  { engine },
) => {
  app.get(
    '/traces/heatmap',
    {
      schema: {
        operationId: 'getTraceHeatMap',
        tags: ['traces'],
        summary: 'Number of traces by time and by latency or cost',
        querystring: range.extend({
          measure: z.enum(HEAT_MEASURES).default('latency'),
          columns: z.coerce.number().int().min(1).max(500).default(60).describe('Maximum number of columns'),
          timeZone: timeZoneQuery,
        }),
        response: { 200: traceHeatMapSchema, ...listErrors },
      },
    },
    async (request, reply) => {
      const { q, from, to, measure, columns, timeZone } = request.query;
      return traceHeatMap(projectScope(engine, projectOf(request)), {
        filter: readFilter(q),
        fromNs: from,
        toNs: to,
        measure,
        columns,
        timeZone,
        signal: disconnectSignal(reply),
      });
    },
  );

  app.get(
    '/traces/differences',
    {
      schema: {
        operationId: 'getTraceDifferences',
        tags: ['traces'],
        summary: 'What is different about some traces of a range',
        description:
          'Compares the traces that pass `selected` and started between `selectedFrom` and `selectedTo` with all other ' +
          'traces of the range that pass `q`: fields, attributes, measures, and words of the first 200 characters of ' +
          'inputs and outputs. Large groups are sampled; `sampled` and `contentSampled` contain the number of compared ' +
          'traces. Measures and fields of `selected` are left out.',
        querystring: range.extend({
          selected: filterQuery.describe('Filter of the selected traces, such as `latency>=2s`'),
          selectedFrom: timeQuery.describe('Selected traces started at or after this time, ISO 8601'),
          selectedTo: timeQuery.describe('Selected traces started before this time, ISO 8601'),
          limit: z.coerce.number().int().min(1).max(200).default(40),
        }),
        response: { 200: traceDifferencesSchema, ...listErrors },
      },
    },
    async (request, reply) => {
      const { q, from, to, selected, selectedFrom, selectedTo, limit } = request.query;
      return traceDifferences(projectScope(engine, projectOf(request)), {
        filter: readFilter(q),
        fromNs: from,
        toNs: to,
        selected: { filter: readFilter(selected), fromNs: selectedFrom, toNs: selectedTo },
        limit,
        signal: disconnectSignal(reply),
      });
    },
  );
};
