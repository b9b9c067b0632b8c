import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { projectOf, projectQuery } from '../../api/request-scope.ts';
import { problem } from '../../contract/problem.ts';
import {
  newView,
  VIEW_PAGES,
  type ViewPage,
  type ViewState,
  view,
  viewChange,
  viewList,
} from '../../contract/view.ts';
import { readFilter } from '../../query/filter/read-filter.ts';
import type { ViewStore } from './view-store.ts';

export interface ViewRoutesParts {
  readonly views: ViewStore;
}

/** Larger than the largest view, so that a view that is too large gets an error that names the field. */
const MAX_BODY_BYTES = 256 << 10;

const params = z.object({ viewId: z.string().min(1).max(100) });
const failures = { 400: problem, 429: problem, 500: problem, 503: problem };

/** Routes of `/views`. None of them reads ClickHouse. */
export const viewRoutes: FastifyPluginAsyncZod<ViewRoutesParts> = async (app, { views }) => {
  app.get(
    '/views',
    {
      config: { readsStore: false },
      schema: {
        operationId: 'listViews',
        tags: ['views'],
        summary: 'Saved views of a project',
        querystring: projectQuery.extend({
          page: z.enum(VIEW_PAGES).optional().describe('Only the views of this page'),
        }),
        response: { 200: viewList, ...failures },
      },
    },
    async (request) => ({ views: await views.list(projectOf(request), request.query.page) }),
  );

  app.post(
    '/views',
    {
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        operationId: 'createView',
        tags: ['views'],
        summary: 'Save a view',
        description: 'Everyone who can read the project sees it. A project can have 500 views.',
        querystring: projectQuery,
        body: newView,
        response: { 201: view, ...failures, 409: problem, 413: problem },
      },
    },
    async (request, reply) => {
      checkFilter(request.body.state, request.body.page);
      return reply.code(201).send(await views.create(projectOf(request), request.body));
    },
  );

  app.patch(
    '/views/:viewId',
    {
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        operationId: 'changeView',
        tags: ['views'],
        summary: 'Rename a view, replace its state, or make it the default of its page',
        params,
        querystring: projectQuery,
        body: viewChange,
        response: { 200: view, ...failures, 404: problem, 409: problem, 413: problem },
      },
    },
    async (request) => {
      return views.change(projectOf(request), request.params.viewId, request.body, checkFilter);
    },
  );

  app.delete(
    '/views/:viewId',
    {
      schema: {
        operationId: 'deleteView',
        tags: ['views'],
        summary: 'Delete a view',
        params,
        querystring: projectQuery,
        response: { 204: z.null(), ...failures, 404: problem },
      },
    },
    async (request, reply) => {
      await views.remove(projectOf(request), request.params.viewId);
      return reply.code(204).send(null);
    },
  );
};

/**
 * A view with a filter that cannot be parsed would be of no use. Lists of spans have other fields than lists of traces.
 *
 * @throws ThroughlineError invalid-filter
 */
function checkFilter(state: ViewState, page: ViewPage): void {
  if (state.search.q !== undefined) readFilter(state.search.q, { of: page === 'spans' ? 'span' : 'trace' });
}
