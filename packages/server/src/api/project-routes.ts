import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Engine } from '../clickhouse/engine.ts';
import { problem } from '../contract/problem.ts';
import { projectList } from '../contract/project.ts';
import { listProjects } from '../query/list-projects.ts';
import { disconnectSignal } from './request-scope.ts';

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
        summary: 'Projects that have spans, the most recently active first',
        response: { 200: projectList, 500: problem, 503: problem },
      },
    },
    async (_request, reply) => listProjects(engine, disconnectSignal(reply)),
  );
};
