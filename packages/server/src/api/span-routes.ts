import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Engine } from '../clickhouse/engine.ts';
import { sortOf } from '../contract/score-sort.ts';
import { SPAN_SORTS, spanList } from '../contract/span-list.ts';
import { fieldValues } from '../contract/values.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import { parseColumns } from '../query/attribute-columns.ts';
import { MAX_CURSOR_LENGTH } from '../query/cursor.ts';
import { readFilter } from '../query/filter/read-filter.ts';
import { projectScope } from '../query/project-scope.ts';
import { listSpans } from '../query/spans/list-spans.ts';
import { spanValues } from '../query/spans/span-values.ts';
import { columnsQuery, filterQuery, listErrors, pageQuery, valuesQuery } from './list-query.ts';
import { projectOf, projectQuery } from './request-scope.ts';
import { timeQuery } from './time-query.ts';

const spanRange = projectQuery.extend({
  q: filterQuery,
  from: timeQuery.describe('Spans that started at or after this time, ISO 8601'),
  to: timeQuery.describe('Spans that started before this time, ISO 8601'),
});

export const spanRoutes: FastifyPluginAsyncZod<{ readonly engine: Engine }> = async (app, { engine }) => {
  app.get(
    '/spans',
    {
      schema: {
        operationId: 'listSpans',
        tags: ['spans'],
        summary: 'Spans of a project, newest first',
        description:
          'One row per span, for example all model calls with `q=kind:llm`. Every condition of `q` applies to the span ' +
          'itself; `has(…)`, `root(…)` and `count(…)` apply to its trace. Follow `nextCursor` until it is null: every ' +
          'span is listed once, also while spans arrive. Any order other than by start reads every span in the range, ' +
          'so set `from` if there are many.',
        querystring: spanRange.extend({
          limit: pageQuery.shape.limit,
          sort: sortOf(
            SPAN_SORTS,
            'Spans without the value are last; sorted by a score, only spans with the score are listed.',
          ).default('-startTime'),
          columns: columnsQuery,
          // The cursor has two ids.
          cursor: z
            .string()
            .max(2 * MAX_CURSOR_LENGTH)
            .optional()
            .describe('`nextCursor` of the previous page'),
        }),
        response: { 200: spanList, ...listErrors },
      },
    },
    async (request, reply) => {
      const { q, from, to, sort, limit, cursor, columns } = request.query;
      return listSpans(projectScope(engine, projectOf(request)), {
        filter: readFilter(q, { of: 'span' }),
        fromNs: from,
        toNs: to,
        sort,
        limit,
        cursor,
        columns: parseColumns(columns),
        signal: disconnectSignal(reply),
      });
    },
  );

  app.get(
    '/spans/values',
    {
      schema: {
        operationId: 'listSpanValues',
        tags: ['spans'],
        summary: 'Values of a field and the number of spans with each',
        description:
          'For completion and facets. Counts only spans that pass `q`. If a field has more than 200,000 different ' +
          'values in the range, some of the rare ones may be missing.',
        querystring: spanRange.extend(valuesQuery),
        response: { 200: fieldValues, ...listErrors },
      },
    },
    async (request, reply) => {
      const { field, prefix, q, from, to, limit } = request.query;
      return spanValues(projectScope(engine, projectOf(request)), {
        field,
        prefix,
        filter: readFilter(q, { of: 'span' }),
        fromNs: from,
        toNs: to,
        limit,
        signal: disconnectSignal(reply),
      });
    },
  );
};
