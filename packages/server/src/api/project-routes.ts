import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Engine } from '../clickhouse/engine.ts';
import { problem } from '../contract/problem.ts';
import { projectList, traceProjects } from '../contract/project.ts';
import { ThroughlineError } from '../errors/errors.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import { findTrace } from '../query/find-trace.ts';
import { listProjects } from '../query/list-projects.ts';

export interface ProjectRoutesParts {
  readonly engine: Engine;
}

export const projectRoutes: FastifyPluginAsyncZod<ProjectRoutesParts> = async (app, { engine }) => {
  app.get(
    '/projects',
    {
      schema: {
        operationId: 'listProjects',
        tags: ['projects'],
        summary: 'Projects that have spans, most recently active first',
        response: { 200: projectList, 500: problem, 503: problem },
      },
    },
    async (_request, reply) => listProjects(engine, disconnectSignal(reply)),
  );

  app.get(
    '/traces/:traceId/projects',
    {
      schema: {
        operationId: 'listProjectsOfTrace',
        tags: ['projects'],
        summary: 'Projects that have spans of a trace',
        description:
          'Finds the project if only the id of a trace is known, for example from a log line. The first eight or more ' +
          'characters of an id of OpenTelemetry are enough if no other id begins with them.',
        params: z.object({ traceId: z.string().min(1).max(800) }),
        response: {
          200: traceProjects,
          400: problem,
          404: problem,
          429: problem,
          500: problem,
          503: problem,
        },
      },
    },
    async (request, reply) => {
      const { traceId } = request.params;
      const found = await findTrace(engine, traceId, disconnectSignal(reply));
      if (found) return { traceId: found.traceId, projects: [...found.projects] };
      throw new ThroughlineError('trace-not-found', `There is no trace "${traceId}" in any project.`);
    },
  );
};
