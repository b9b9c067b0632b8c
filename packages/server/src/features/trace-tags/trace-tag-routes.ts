import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { projectOf, projectQuery } from '../../api/request-scope.ts';
import { problem } from '../../contract/problem.ts';
import { changedTags, tagChange } from '../../contract/trace-tags.ts';
import type { RedactText } from '../../ingest/accept-scores.ts';
import { type ChangeTagsParts, changeTags } from './change-tags.ts';

export interface TraceTagRoutesParts extends ChangeTagsParts {
  /** Redacts tags before they are stored. */
  readonly redactText?: RedactText | undefined;
}

/** 1,000 ids of 800 characters, escaped. */
const MAX_BODY_BYTES = 6 << 20;

export const traceTagRoutes: FastifyPluginAsyncZod<TraceTagRoutesParts> = async (app, parts) => {
  const { redactText = (text) => text } = parts;

  app.post(
    '/tags',
    {
      bodyLimit: MAX_BODY_BYTES,
      config: { readsStore: true },
      schema: {
        operationId: 'changeTags',
        tags: ['traces'],
        summary: 'Add tags to traces, or remove them',
        description:
          'The filter `tag:` finds these tags and those that the application sent. The response is sent once lists show ' +
          'the change. A request can be repeated.',
        querystring: projectQuery,
        body: tagChange,
        response: {
          200: changedTags,
          400: problem,
          413: problem,
          422: problem,
          429: problem,
          500: problem,
          503: problem,
        },
      },
    },
    async (request) => {
      const { traceIds, add, remove } = request.body;
      const redacted = {
        traceIds,
        add: add.map((tag) => redactText(tag)),
        remove: remove.map((tag) => redactText(tag)),
      };
      return changeTags(parts, projectOf(request), redacted);
    },
  );
};
