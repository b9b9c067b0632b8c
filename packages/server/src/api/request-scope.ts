import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { ThroughlineError } from '../errors/errors.ts';
import { DEFAULT_PROJECT, isProjectName, PROJECT_NAME_RULE } from '../project/project-name.ts';

/** Part of every project-scoped query string. */
export const projectQuery = z.object({
  project: z
    .string()
    .optional()
    .describe('The project. Else the header `x-throughline-project`, else `default`.'),
});

/** Throws `invalid-project`. */
export function projectOf(request: FastifyRequest): string {
  const { project } = request.query as { project?: string };
  const header = request.headers['x-throughline-project'];
  const name = project ?? (Array.isArray(header) ? header[0] : header) ?? DEFAULT_PROJECT;
  if (!isProjectName(name)) {
    throw new ThroughlineError('invalid-project', `A project name has ${PROJECT_NAME_RULE}.`);
  }
  return name;
}

/** Fires when the client goes away before it has its answer. */
export function disconnectSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
