import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { listProjects } from '../query/list-projects.ts';
import type { Engine } from '../store/engine.ts';
import { disconnectSignal } from './request-scope.ts';
import { problem, projectList } from './schemas.ts';

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
