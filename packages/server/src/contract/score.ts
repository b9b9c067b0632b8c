import { z } from 'zod';
import { timestamp } from './values.ts';

/** Orders in which scores can be listed; `-` means descending. Categories are last in an order by value. */
export const SCORE_SORTS = ['-updatedAt', 'updatedAt', '-value', 'value'] as const;
export type ScoreSort = (typeof SCORE_SORTS)[number];

/** A score as shown on a trace or in a list. */
export const scoreSummary = z.object({
  name: z.string(),
  value: z.union([z.number(), z.string(), z.boolean()]).describe('A number, a category, or true or false.'),
  label: z.string().nullable().describe('Meaning of a number in words: `pass`, `relevant`.'),
  unit: z.string().nullable(),
  spanId: z
    .string()
    .nullable()
    .describe('The span that was scored; null if the score is about the whole trace or a session.'),
  source: z
    .string()
    .describe('Origin of the score: `human`, `code`, `llm`, `api`, `otel`, or a value of the client.'),
  evaluator: z.string().nullable(),
});

export const score = scoreSummary.extend({
  id: z.string(),
  traceId: z.string().nullable().describe('Null if the score is about a session.'),
  sessionId: z.string().nullable(),
  comment: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
});

export const scoreList = z.object({ scores: z.array(score), nextCursor: z.string().nullable() });

export type ScoreSummary = z.infer<typeof scoreSummary>;
export type Score = z.infer<typeof score>;
