import type { FastifyRequest } from 'fastify';
import { isProjectName } from '../project/project-name.ts';
import { validProjectOfHeaders } from '../project/project-of-request.ts';
import { groupOf } from './admission.ts';

/** The group of an HTTP request. An invalid project name counts as absent; the route rejects it later. */
export function groupOfRequest({ headers, query, raw }: FastifyRequest): string {
  const { project } = query as { readonly project?: unknown };
  const named = typeof project === 'string' && isProjectName(project) ? project : undefined;
  return groupOf(named ?? validProjectOfHeaders(headers), raw.socket.remoteAddress);
}
