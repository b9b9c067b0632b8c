import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Engine } from '../clickhouse/engine.ts';
import { problem } from '../contract/problem.ts';
import { sqlResult, sqlTables } from '../contract/sql.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import { MAX_SQL_LENGTH, MAX_SQL_ROWS, SqlRunner, sqlSchema } from '../query/sql/run-sql.ts';
import { projectOf, projectQuery } from './request-scope.ts';
import { timeQuery } from './time-query.ts';

const errors = { 400: problem, 422: problem, 429: problem, 500: problem, 503: problem };

export interface SqlRoutesParts {
  readonly engine: Engine;
}

export const sqlRoutes: FastifyPluginAsyncZod<SqlRoutesParts> = async (app, { engine }) => {
  const runner = new SqlRunner(engine);

  app.post(
    '/sql',
    {
      bodyLimit: 128 << 10,
      config: { readsStore: true },
      schema: {
        operationId: 'runSql',
        tags: ['sql'],
        summary: 'Run a SELECT statement on the tables of a project',
        description:
          'The tables are `traces`, `spans`, `payloads`, `logs`, `scores` and `metrics`, in the dialect of ClickHouse. They ' +
          'contain only rows of the project in the range of time. A statement may take 20 seconds, 1 GiB of memory and ' +
          'return 16 MiB. Set `from`, because a statement without a range reads everything.',
        querystring: projectQuery,
        body: z
          .object({
            query: z.string().min(1).max(MAX_SQL_LENGTH).describe('One SELECT statement'),
            from: timeQuery.describe('Only rows at or after this time, ISO 8601'),
            to: timeQuery.describe('Only rows before this time, ISO 8601'),
            limit: z.number().int().min(1).max(MAX_SQL_ROWS).default(1000).describe('Maximum number of rows'),
          })
          .strict(),
        response: { 200: sqlResult, ...errors },
      },
    },
    async (request, reply) => {
      const { query, from, to, limit } = request.body;
      return runner.run(query, {
        project: projectOf(request),
        fromNs: from,
        toNs: to,
        limit,
        signal: disconnectSignal(reply),
      });
    },
  );

  app.get(
    '/sql/tables',
    {
      schema: {
        operationId: 'listSqlTables',
        tags: ['sql'],
        summary: 'Tables and columns for SQL',
        response: { 200: sqlTables, ...errors },
      },
    },
    async () => ({ tables: await sqlSchema(engine) }),
  );
};
