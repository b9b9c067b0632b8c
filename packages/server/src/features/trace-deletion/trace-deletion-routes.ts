import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { projectOf, projectQuery } from '../../api/request-scope.ts';
import { timeQuery } from '../../api/time-query.ts';
import { problem } from '../../contract/problem.ts';
import { isoTimestampOf } from '../../contract/timestamps.ts';
import {
  deletedSelection,
  deletedTraces,
  MAX_DELETED,
  tracesToDelete,
} from '../../contract/trace-deletion.ts';
import { ThroughlineError } from '../../errors/errors.ts';
import { disconnectSignal } from '../../http/disconnect-signal.ts';
import { readFilter } from '../../query/filter/read-filter.ts';
import { projectScope } from '../../query/project-scope.ts';
import { type DeleteTracesParts, deleteTraces } from './delete-traces.ts';
import { countSelection, selectTraceIds } from './select-traces.ts';

export interface TraceDeletionRoutesParts extends DeleteTracesParts {
  /** The current time as it is stored with spans that arrive now, nanoseconds since 1970. */
  readonly now: () => bigint;
}

const failures = { 400: problem, 422: problem, 429: problem, 500: problem, 503: problem };
/** 1,000 ids of 800 characters, escaped. */
const MAX_BODY_BYTES = 6 << 20;

const DELETES =
  'Deletes their spans, content, log records, scores and tags. What was sent of these traces and is not readable yet, or ' +
  'is sent later, is stored as new data.';

export const traceDeletionRoutes: FastifyPluginAsyncZod<TraceDeletionRoutesParts> = async (app, parts) => {
  const { engine, now } = parts;

  app.delete(
    '/traces',
    {
      config: { readsStore: true },
      schema: {
        operationId: 'deleteTraces',
        tags: ['traces'],
        summary: 'Delete the traces that match a filter',
        description: `${DELETES} One request deletes at most 1,000 traces: while \`more\` is true, repeat it with the same \`receivedBefore\`. Requires \`q\`, \`from\` or \`to\`.`,
        querystring: projectQuery.extend({
          q: z.string().optional().describe('Filter of traces'),
          from: timeQuery.describe('Traces that started at or after this time, ISO 8601'),
          to: timeQuery.describe('Traces that started before this time, ISO 8601'),
          receivedBefore: timeQuery.describe('Leaves out traces that arrived later, ISO 8601. Default: now.'),
          limit: z.coerce.number().int().min(1).max(MAX_DELETED).default(MAX_DELETED),
          dryRun: z
            .enum(['true', 'false'])
            .default('false')
            .describe('`true` deletes nothing and returns the numbers of all traces and spans that match.'),
        }),
        response: { 200: deletedSelection, ...failures },
      },
    },
    async (request, reply) => {
      const { q, from, to, receivedBefore, limit, dryRun } = request.query;
      const filter = readFilter(q);
      if (filter === undefined && from === undefined && to === undefined)
        throw new ThroughlineError(
          'invalid-request',
          'q, from or to is missing. To delete every trace of the project, send the current time as to.',
        );
      const project = projectOf(request);
      const scope = projectScope(engine, project);
      const receivedBeforeNs = receivedBefore ?? now();
      const selection = { filter, fromNs: from, toNs: to, receivedBeforeNs };
      const limits = { signal: disconnectSignal(reply) };
      const common = { receivedBefore: isoTimestampOf(receivedBeforeNs) };
      if (dryRun === 'true')
        return { ...(await countSelection(scope, selection, limits)), more: false, ...common };
      const ids = await selectTraceIds(scope, selection, limit, limits);
      const deleted = ids.length === 0 ? { traces: 0, spans: 0 } : await deleteTraces(parts, project, ids);
      return { ...deleted, more: ids.length === limit, ...common };
    },
  );

  app.post(
    '/traces/delete',
    {
      bodyLimit: MAX_BODY_BYTES,
      config: { readsStore: true },
      schema: {
        operationId: 'deleteSelectedTraces',
        tags: ['traces'],
        summary: 'Delete traces by their ids',
        description: `${DELETES} Ids that do not exist are ignored.`,
        querystring: projectQuery,
        body: tracesToDelete,
        response: { 200: deletedTraces, ...failures, 413: problem },
      },
    },
    async (request) => deleteTraces(parts, projectOf(request), request.body.traceIds),
  );

  app.delete(
    '/traces/:traceId',
    {
      config: { readsStore: true },
      schema: {
        operationId: 'deleteTrace',
        tags: ['traces'],
        summary: 'Delete a trace',
        description: DELETES,
        params: z.object({ traceId: z.string().min(1).max(800) }),
        querystring: projectQuery,
        response: { 200: deletedTraces, ...failures, 404: problem },
      },
    },
    async (request) => {
      const project = projectOf(request);
      const { traceId } = request.params;
      const deleted = await deleteTraces(parts, project, [traceId]);
      if (deleted.traces === 0)
        throw new ThroughlineError(
          'trace-not-found',
          `There is no trace "${traceId}" in project "${project}".`,
        );
      return deleted;
    },
  );
};
