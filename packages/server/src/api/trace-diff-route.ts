import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Engine } from '../clickhouse/engine.ts';
import { problem } from '../contract/problem.ts';
import { traceDiff } from '../contract/trace-diff.ts';
import { prefersText } from '../http/accept.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import { projectScope } from '../query/project-scope.ts';
import { compareTraces, diffText, toTraceDiff } from '../query/traces/diff-traces.ts';
import { projectOf, projectQuery } from './request-scope.ts';

const id = z.string().min(1).max(800);

export interface TraceDiffRouteParts {
  readonly engine: Engine;
}

export const traceDiffRoute: FastifyPluginAsyncZod<TraceDiffRouteParts> = async (app, { engine }) => {
  app.get(
    '/traces/:a/diff/:b',
    {
      schema: {
        operationId: 'diffTraces',
        tags: ['traces'],
        summary: 'Two traces of a project, compared step by step',
        description:
          'Steps are paired by kind, name and input and by the steps above and below them. All deltas are the value of `b` minus the value of ' +
          '`a`. With `Accept: text/plain`, the response is text with one line for each step. Traces can have at most 20,000 ' +
          'spans.',
        params: z.object({ a: id, b: id }),
        querystring: projectQuery,
        response: {
          200: traceDiff,
          400: problem,
          404: problem,
          422: problem,
          429: problem,
          500: problem,
          503: problem,
        },
      },
    },
    async (request, reply) => {
      const { a, b } = request.params;
      const scope = projectScope(engine, projectOf(request));
      const compared = await compareTraces(scope, a, b, disconnectSignal(reply));
      reply.header('vary', 'accept');
      if (!prefersText(request.headers.accept)) return toTraceDiff(compared);
      reply.type('text/plain; charset=utf-8');
      // Text does not have the type of the schema.
      return reply.send(`${diffText(compared)}\n` as never);
    },
  );
};
