import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Engine } from '../clickhouse/engine.ts';
import { GROUP_SORTS, sessionList, userList } from '../contract/trace-groups.ts';
import { disconnectSignal } from '../http/disconnect-signal.ts';
import { readFilter } from '../query/filter/read-filter.ts';
import { listGroups } from '../query/groups/list-groups.ts';
import { projectScope } from '../query/project-scope.ts';
import { filterQuery, listErrors, pageQuery } from './list-query.ts';
import { projectOf } from './request-scope.ts';
import { timeQuery } from './time-query.ts';

export interface GroupRoutesParts {
  readonly engine: Engine;
  /** The current time as it is stored with spans that arrive now, nanoseconds since 1970. */
  readonly now: () => bigint;
}

const groupQuery = pageQuery.extend({
  q: filterQuery,
  from: timeQuery.describe('Only traces that started at or after this time count, ISO 8601'),
  to: timeQuery.describe('Only traces that started before this time count, ISO 8601'),
  sort: z.enum(GROUP_SORTS).default('-lastSeen').describe('A minus means descending order.'),
});

const DESCRIPTION =
  'Totals count the traces in the range that pass `q`. Follow `nextCursor` until it is null. All pages count only traces ' +
  'that existed when the first page was read. Sums such as the cost can still grow while such a trace gets spans; its row ' +
  'may then move from one page to another if the list is sorted by that sum.';

/** Sessions and users: totals over their traces. */
export const groupRoutes: FastifyPluginAsyncZod<GroupRoutesParts> = async (app, { engine, now }) => {
  app.get(
    '/sessions',
    {
      schema: {
        operationId: 'listSessions',
        tags: ['sessions'],
        summary: 'Sessions of a project, the last active first',
        description: DESCRIPTION,
        querystring: groupQuery,
        response: { 200: sessionList, ...listErrors },
      },
    },
    async (request, reply) => {
      const { groups, nextCursor } = await listGroups(
        projectScope(engine, projectOf(request)),
        'session',
        optionsOf(request.query, now(), disconnectSignal(reply)),
      );
      return {
        sessions: groups.map(({ id, lastUserId, ...group }) => ({
          sessionId: id,
          userId: lastUserId,
          ...group,
        })),
        nextCursor,
      };
    },
  );

  app.get(
    '/users',
    {
      schema: {
        operationId: 'listUsers',
        tags: ['users'],
        summary: 'Users of a project, the last active first',
        description: DESCRIPTION,
        querystring: groupQuery,
        response: { 200: userList, ...listErrors },
      },
    },
    async (request, reply) => {
      const { groups, nextCursor } = await listGroups(
        projectScope(engine, projectOf(request)),
        'user',
        optionsOf(request.query, now(), disconnectSignal(reply)),
      );
      return {
        users: groups.map(({ id, lastUserId: _, ...group }) => ({ userId: id, ...group })),
        nextCursor,
      };
    },
  );
};

function optionsOf(
  { q, from, to, sort, limit, cursor }: z.output<typeof groupQuery>,
  asOfNs: bigint,
  signal: AbortSignal,
) {
  return { filter: readFilter(q), fromNs: from, toNs: to, sort, limit, cursor, asOfNs, signal };
}
