import { z } from 'zod';
import { scoreSummary } from './score.ts';
import { spanSummary } from './span.ts';

/**
 * One server-sent event of `/live`, event name `spans`: spans that became readable since the last event, at most
 * 500 of them; `more` counts those left out.
 */
export const liveEvent = z.object({
  spans: z.array(
    spanSummary.extend({
      traceId: z.string(),
      userId: z.string().nullable(),
      sessionId: z.string().nullable(),
    }),
  ),
  more: z.int(),
});

/**
 * One server-sent event of `/live`, event name `scores`: scores that became readable since the last event, at most 500
 * of them, without what may be long; `more` counts those left out.
 */
export const liveScores = z.object({
  scores: z.array(
    scoreSummary.extend({
      id: z.string(),
      traceId: z.string().nullable(),
      sessionId: z.string().nullable(),
    }),
  ),
  more: z.int(),
});

export type LiveEvent = z.infer<typeof liveEvent>;
export type LiveScores = z.infer<typeof liveScores>;
