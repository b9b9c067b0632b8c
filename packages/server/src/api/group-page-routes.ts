import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { session, turnList, user } from '../contract/session.ts';
import { ThroughlineError } from '../errors/errors.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import { getGroup } from '../query/groups/get-group.ts';
import { listTurns } from '../query/groups/list-turns.ts';
import { projectScope } from '../query/project-scope.ts';
import type { GroupRoutesParts } from './group-routes.ts';
import { cursorQuery, listErrors } from './list-query.ts';
import { projectOf, projectQuery } from './request-scope.ts';

/** Applications choose these ids. */
const id = z.string().min(1).max(800);

/** A single session with its conversation, and a single user. */
export const groupPageRoutes: FastifyPluginAsyncZod<GroupRoutesParts> = async (app, { engine, now }) => {
  app.get(
    '/sessions/:sessionId',
    {
      schema: {
        operationId: 'getSession',
        tags: ['sessions'],
        summary: 'A session with the totals of all its traces',
        params: z.object({ sessionId: id }),
        querystring: projectQuery,
        response: { 200: session, ...listErrors },
      },
    },
    async (request, reply) => {
      const { sessionId } = request.params;
      const project = projectOf(request);
      const signal = disconnectSignal(reply);
      const found = await getGroup(projectScope(engine, project), 'session', sessionId, now(), signal);
      if (!found) throw notFound('session-not-found', `session "${sessionId}"`, project);
      const { id: _, lastUserId, sessionCount: __, ...totals } = found;
      return { sessionId, userId: lastUserId, ...totals };
    },
  );

  app.get(
    '/sessions/:sessionId/turns',
    {
      schema: {
        operationId: 'listTurns',
        tags: ['sessions'],
        summary: 'The traces of a session as a conversation, the first one first',
        description:
          'Each turn is a trace: what the user said, what came back, the tools that it called and what failed. Follow ' +
          '`nextCursor` until it is null. A session that does not exist has no turns.',
        params: z.object({ sessionId: id }),
        querystring: projectQuery.extend({
          sort: z
            .enum(['startTime', '-startTime'])
            .default('startTime')
            .describe('A minus means descending order.'),
          limit: z.coerce.number().int().min(1).max(100).default(30),
          cursor: cursorQuery.describe('`nextCursor` of the previous page'),
        }),
        response: { 200: turnList, ...listErrors },
      },
    },
    async (request, reply) => {
      const { sort, limit, cursor } = request.query;
      return listTurns(projectScope(engine, projectOf(request)), request.params.sessionId, {
        sort,
        limit,
        cursor,
        asOfNs: now(),
        signal: disconnectSignal(reply),
      });
    },
  );

  app.get(
    '/users/:userId',
    {
      schema: {
        operationId: 'getUser',
        tags: ['users'],
        summary: 'A user with the totals of all their traces',
        params: z.object({ userId: id }),
        querystring: projectQuery,
        response: { 200: user, ...listErrors },
      },
    },
    async (request, reply) => {
      const { userId } = request.params;
      const project = projectOf(request);
      const signal = disconnectSignal(reply);
      const found = await getGroup(projectScope(engine, project), 'user', userId, now(), signal);
      if (!found) throw notFound('user-not-found', `user "${userId}"`, project);
      const { id: _, lastUserId: __, users: ___, ...totals } = found;
      return { userId, ...totals };
    },
  );
};

function notFound(
  code: 'session-not-found' | 'user-not-found',
  what: string,
  project: string,
): ThroughlineError {
  return new ThroughlineError(
    code,
    `No trace of project "${project}" belongs to ${what}. New spans are readable about a second after they are acknowledged.`,
  );
}
