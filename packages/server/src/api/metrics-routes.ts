import {
  FILTER_FIELDS,
  GRAINS,
  hasDimension,
  isOrdinal,
  OTHER_DIMENSIONS,
  parseDimension,
  QUERY_MEASURES,
  type RowsOf,
} from '@throughline/spans';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Engine } from '../clickhouse/engine.ts';
import { metricsCatalogue, metricsQuery, metricsResult } from '../contract/metrics-query.ts';
import { timeZoneQuery } from '../contract/time-zone.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import { readFilter } from '../query/filter/read-filter.ts';
import { queryMeasures } from '../query/measures/query-measures.ts';
import { projectScope } from '../query/project-scope.ts';
import { filterQuery, listErrors } from './list-query.ts';
import { projectOf, projectQuery } from './request-scope.ts';
import { timeQuery } from './time-query.ts';

const DAY_NS = 86_400_000_000_000n;

export interface MetricsRoutesParts {
  readonly engine: Engine;
  /** The current time, nanoseconds since 1970. */
  readonly now: () => bigint;
}

/** Sums over spans and traces: where the cost, the time and the failures are. */
export const metricsRoutes: FastifyPluginAsyncZod<MetricsRoutesParts> = async (app, { engine, now }) => {
  app.post(
    '/metrics/query',
    {
      bodyLimit: 64 << 10,
      config: { readsStore: true },
      schema: {
        operationId: 'queryMetrics',
        tags: ['metrics'],
        summary: 'Measures of spans or traces, by dimensions and over time',
        description:
          'Each span or trace counts once, in its latest version. A span without a feature, user, session or environment ' +
          'has that of its trace. Of a dimension with several values, such as `tag` or the models of a trace, each value ' +
          'counts, so the groups can add up to more than `totals`. Percentiles are exact.',
        querystring: projectQuery,
        body: z
          .object({
            q: filterQuery,
            from: timeQuery.describe('Start of the range, ISO 8601. Default: 24 hours before `to`.'),
            to: timeQuery.describe('End of the range, which it does not include, ISO 8601. Default: now.'),
            timeZone: timeZoneQuery,
            ...metricsQuery,
          })
          .strict(),
        response: { 200: metricsResult, ...listErrors },
      },
    },
    async (request, reply) => {
      const { q, from, to, timeZone, of, ...query } = request.body;
      const toNs = to ?? now();
      const fromNs = from ?? (toNs > DAY_NS ? toNs - DAY_NS : 0n);
      const filter = readFilter(q, { of: of === 'spans' ? 'span' : 'trace' });
      return queryMeasures(
        projectScope(engine, projectOf(request)),
        { ...query, of, filter, fromNs, toNs, timeZone: timeZone ?? 'UTC' },
        disconnectSignal(reply),
      );
    },
  );

  const catalogue = catalogueOf();
  app.get(
    '/metrics/catalogue',
    {
      config: { readsStore: false },
      schema: {
        operationId: 'getMetricsCatalogue',
        tags: ['metrics'],
        summary: 'The measures and dimensions that queries can use',
        description:
          'Every field with text values is also a measure, the number of its different values, such as `user`. Scores are ' +
          'the measures `score.<name>`, and attributes are the dimensions `attr.<key>` and `resource.<key>`.',
        response: { 200: metricsCatalogue },
      },
    },
    async () => catalogue,
  );
};

function catalogueOf(): z.infer<typeof metricsCatalogue> {
  const dimensions = [
    ...Object.entries(FILTER_FIELDS).map(([name, { describes }]) => ({ name, description: describes })),
    ...Object.entries(OTHER_DIMENSIONS).map(([name, description]) => ({ name, description })),
  ];
  return {
    measures: Object.entries(QUERY_MEASURES).map(([name, { of, aggregations, describes, ...row }]) => ({
      name,
      ...row,
      of: [...of],
      aggregations: [...aggregations],
      description: describes,
    })),
    dimensions: dimensions.flatMap(({ name, description }) => {
      const dimension = parseDimension(name);
      if (!dimension) return [];
      const of = (['spans', 'traces'] as const satisfies readonly RowsOf[]).filter((each) =>
        hasDimension(each, dimension),
      );
      return [{ name, of, ordinal: isOrdinal(dimension), description }];
    }),
    grains: [...GRAINS],
  };
}
