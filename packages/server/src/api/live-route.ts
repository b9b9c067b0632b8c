import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { liveEvent, liveFinished, liveLagged, liveScores } from '../contract/live.ts';
import { ThroughlineError } from '../errors/errors.ts';
import type { LiveMessage } from '../live/live-message.ts';
import type { LiveStreams } from '../live/live-streams.ts';
import type { LiveTail } from '../live/live-tail.ts';
import { readFilter } from '../query/filter/read-filter.ts';
import { projectOf, projectQuery } from './request-scope.ts';

export interface LiveRouteParts {
  readonly live: LiveTail;
  readonly liveStreams: LiveStreams;
}

/**
 * Server-sent events: `spans` with a `LiveEvent`, `scores` with `LiveScores`, `finished` with `LiveFinished`, `lagged` with
 * `LiveLagged`, and comments as heartbeats. Source: WHATWG HTML, section 9.2.
 */
export const liveRoute: FastifyPluginAsyncZod<LiveRouteParts> = async (app, { live, liveStreams }) => {
  // Fastify waits for open responses when it closes, and these never end by themselves.
  app.addHook('preClose', async () => liveStreams.end());

  app.get(
    '/live',
    {
      compress: false,
      config: { readsStore: false },
      schema: {
        operationId: 'tailSpans',
        tags: ['live'],
        summary: 'Spans, scores and finished traces as they become readable, as server-sent events',
        description:
          'The event `spans` contains `{spans, more}`: at most 500 spans, and the number of omitted ones. The event `scores` ' +
          'contains `{scores, more}` in the same way, without comments and metadata. Long texts are cut at 500 ' +
          'characters. The event `finished` contains `{traces, more}`: traces whose root has ended and that have got no span ' +
          'for three seconds, or for two minutes without the end of the root. A trace that gets spans later is reported ' +
          'again. The event `lagged` contains `{spans, scores}`, the numbers of rows that this client missed because ' +
          'it reads too slowly; `null` means that the server could not read them in time and does not know how many. A client ' +
          'that reads nothing for a minute is disconnected. If too many streams are open, the response is 429.',
        response: {
          200: {
            description: 'A stream of events; the schema is the JSON in `data` of each event.',
            content: {
              'text/event-stream': { schema: z.union([liveEvent, liveScores, liveFinished, liveLagged]) },
            },
          },
        },
        querystring: projectQuery.extend({
          q: z
            .string()
            .optional()
            .describe(
              'Only spans that match this filter, such as `kind:tool status:error`. Fields that only traces have are not ' +
                'allowed, and the event `scores` is not sent.',
            ),
        }),
      },
    },
    (request, reply) => {
      const project = projectOf(request);
      const { q = '' } = request.query;
      const filter = readFilter(q, { of: 'span' });
      if (!liveStreams.hasRoom())
        throw new ThroughlineError(
          'too-many-streams',
          `${liveStreams.maxStreams} live streams are already open, which is the maximum.`,
        );
      reply.hijack();
      const stream = liveStreams.open(reply.raw);
      const send = (message: LiveMessage) => stream.send(message);
      const unsubscribe =
        filter === undefined
          ? live.subscribe(project, send)
          : live.subscribeMatching(project, { key: q, filter }, send);
      stream.onClose(unsubscribe);
    },
  );
};
