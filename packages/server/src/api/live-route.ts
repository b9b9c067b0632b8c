import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { liveEvent, liveScores } from '../contract/live.ts';
import { EventStream } from '../live/event-stream.ts';
import type { LiveTail } from '../live/live-tail.ts';
import { projectOf, projectQuery } from './request-scope.ts';

export interface LiveRouteParts {
  readonly live: LiveTail;
}

/**
 * Server-sent events: `spans` with a `LiveEvent`, `scores` with `LiveScores`, `lagged` before a slow client is let go
 * (it may come again), a comment as heartbeat. Source: WHATWG HTML, section 9.2.
 */
export const liveRoute: FastifyPluginAsyncZod<LiveRouteParts> = async (app, { live }) => {
  const open = new Set<EventStream>();
  // Fastify waits for open responses when it closes; these would never end by themselves.
  app.addHook('preClose', async () => {
    for (const stream of open) stream.end();
  });

  app.get(
    '/live',
    {
      compress: false,
      schema: {
        operationId: 'tailSpans',
        tags: ['live'],
        summary: 'Spans and scores as they become readable, as server-sent events',
        description:
          'Event `spans` carries `{spans, more}`: at most 500 spans, and how many were left out. Event `scores` ' +
          'carries `{scores, more}` in the same way, without comments and metadata. Event `lagged` tells that this client read too slowly; the connection ends and may be opened again.',
        response: {
          200: {
            description:
              'A stream of events; the schema is the JSON in `data` of each event `spans` or `scores`.',
            content: { 'text/event-stream': { schema: z.union([liveEvent, liveScores]) } },
          },
        },
        querystring: projectQuery,
      },
    },
    (request, reply) => {
      const project = projectOf(request);
      reply.hijack();
      const stream = new EventStream(reply.raw);
      open.add(stream);
      const unsubscribe = live.subscribe(project, ({ name, data }) => stream.send(name, data));
      stream.onClose(() => {
        unsubscribe();
        open.delete(stream);
      });
    },
  );
};
