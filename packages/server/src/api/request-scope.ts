import type { FastifyReply, FastifyRequest } from 'fastify';
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

/** A signal that is aborted if the client disconnects before the response is complete. */
export function disconnectSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
