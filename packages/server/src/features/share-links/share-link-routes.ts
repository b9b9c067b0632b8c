import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { projectOf, projectQuery } from '../../api/request-scope.ts';
import type { Engine } from '../../clickhouse/engine.ts';
import { problem } from '../../contract/problem.ts';
import { createdShareLink, newShareLink, shareLinkList } from '../../contract/share-link.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import { disconnectSignal } from '../../http/disconnect-signal.ts';
import { projectsOfTrace } from '../../query/projects-of-trace.ts';
import type { ShareLinkStore } from './share-link-store.ts';

export interface ShareLinkRoutesParts {
  readonly engine: Engine;
  readonly shareLinks: ShareLinkStore;
  /** Whether links can be created and opened. Existing ones can be listed and deleted in any case. */
  readonly sharesTraces: boolean;
}

const failures = { 400: problem, 429: problem, 500: problem, 503: problem };

/** Routes of `/share-links`, for people with access to the project. Visitors of a link use `shared-trace-plugin.ts`. */
export const shareLinkRoutes: FastifyPluginAsyncZod<ShareLinkRoutesParts> = async (app, parts) => {
  const { engine, shareLinks, sharesTraces } = parts;

  app.get(
    '/share-links',
    {
      config: { readsStore: false },
      schema: {
        operationId: 'listShareLinks',
        tags: ['share-links'],
        summary: 'Public links to traces of a project',
        querystring: projectQuery.extend({
          traceId: z.string().min(1).max(800).optional().describe('Only the links to this trace'),
        }),
        response: { 200: shareLinkList, ...failures },
      },
    },
    async (request) => ({
      enabled: sharesTraces,
      links: await shareLinks.list(projectOf(request), request.query.traceId),
    }),
  );

  app.post(
    '/share-links',
    {
      schema: {
        operationId: 'createShareLink',
        tags: ['share-links'],
        summary: 'Create a public link to one trace',
        description:
          'Everyone who has the link can read the trace without a key, and nothing else: no other trace, no scores. ' +
          'The server has to be started with `--share-links`.',
        querystring: projectQuery,
        body: newShareLink,
        response: { 201: createdShareLink, ...failures, 403: problem, 404: problem, 409: problem },
      },
    },
    async (request, reply) => {
      if (!sharesTraces)
        throw new ThroughlineError('share-links-disabled', 'This server does not create public links.');
      const project = projectOf(request);
      const { traceId } = request.body;
      const projects = await projectsOfTrace(engine, traceId, disconnectSignal(reply));
      if (!projects.includes(project))
        throw new ThroughlineError(
          'trace-not-found',
          `There is no trace "${traceId}" in project "${project}".`,
        );
      const { token, ...link } = await shareLinks.create(project, request.body);
      return reply.code(201).send({ ...link, path: `/share/${token}` });
    },
  );

  app.delete(
    '/share-links/:linkId',
    {
      schema: {
        operationId: 'deleteShareLink',
        tags: ['share-links'],
        summary: 'Delete a public link, which then opens nothing',
        params: z.object({ linkId: z.string().min(1).max(100) }),
        querystring: projectQuery,
        response: { 204: z.null(), ...failures, 404: problem },
      },
    },
    async (request, reply) => {
      await shareLinks.remove(projectOf(request), request.params.linkId);
      return reply.code(204).send(null);
    },
  );
};
