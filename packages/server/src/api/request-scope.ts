import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { projectOfApiRequest } from '../project/project-of-request.ts';

/** Part of every project-scoped query string. */
export const projectQuery = z.object({
  project: z
    .string()
    .optional()
    .describe('The project. Else the header `x-throughline-project`, else `default`.'),
});

/** @throws ThroughlineError invalid-project */
export function projectOf(request: FastifyRequest): string {
  return projectOfApiRequest((request.query as { project?: string }).project, request.headers);
}

/** Fires when the client goes away before it has its answer. */
export function disconnectSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
