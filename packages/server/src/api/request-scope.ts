import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { projectOfApiRequest } from '../project/project-of-request.ts';

/** Part of the query string of every route that reads a project. */
export const projectQuery = z.object({
  project: z
    .string()
    .optional()
    .describe('The project. Default: the header `x-throughline-project`, otherwise `default`.'),
});

/** @throws ThroughlineError invalid-project */
export function projectOf(request: FastifyRequest): string {
  return projectOfApiRequest((request.query as { project?: string }).project, request.headers);
}
