import { z } from 'zod';
import { scoreSummary } from './score.ts';
import { spanSummary } from './span.ts';
import { traceSummary } from './trace.ts';

/** Data of the server-sent event `spans` of `/live`: spans that became readable since the last event. */
export const liveEvent = z
  .object({
    spans: z.array(
      spanSummary.extend({
        traceId: z.string(),
        userId: z.string().nullable(),
        sessionId: z.string().nullable(),
      }),
    ),
    more: z.int().describe('Number of spans that were left out.'),
  })
  .meta({ id: 'LiveSpans', description: 'Data of the event `spans` of `/api/v1/live`: at most 500 spans.' });

/** Data of the server-sent event `scores` of `/live`: scores that became readable, without comments and metadata. */
export const liveScores = z
  .object({
    scores: z.array(
      scoreSummary.extend({
        id: z.string(),
        traceId: z.string().nullable(),
        sessionId: z.string().nullable(),
      }),
    ),
    more: z.int().describe('Number of scores that were left out.'),
  })
  .meta({
    id: 'LiveScores',
    description: 'Data of the event `scores` of `/api/v1/live`: at most 500 scores.',
  });

/** Data of the server-sent event `finished` of `/live`: traces that are complete for now. */
export const liveFinished = z
  .object({
    traces: z.array(
      traceSummary.omit({ inputPreview: true, outputPreview: true, scores: true }).extend({
        again: z
          .boolean()
          .describe('Whether the trace was reported before and has got spans since. False after a restart.'),
      }),
    ),
    more: z.int().describe('Number of traces that were left out.'),
  })
  .meta({
    id: 'LiveFinished',
    description: 'Data of the event `finished` of `/api/v1/live`: at most 500 traces.',
  });

const dropped = z
  .int()
  .nullable()
  .describe('Number of rows that this client did not get; null if it is unknown.');

/** Data of the server-sent event `lagged` of `/live`: rows that this client did not get. Other routes return them. */
export const liveLagged = z.object({ spans: dropped, scores: dropped }).meta({
  id: 'LiveLagged',
  description:
    'Data of the event `lagged` of `/api/v1/live`: this client missed rows, because it reads too slowly or the server could ' +
    'not read them in time.',
});

export type LiveLagged = z.infer<typeof liveLagged>;
export type LiveEvent = z.infer<typeof liveEvent>;
export type LiveFinished = z.infer<typeof liveFinished>;
export type LiveScores = z.infer<typeof liveScores>;
