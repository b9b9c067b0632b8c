import { z } from 'zod';
import { timestamp } from './values.ts';

/** A score where a trace or a list shows it. */
export const scoreSummary = z.object({
  name: z.string(),
  value: z.union([z.number(), z.string(), z.boolean()]).describe('A number, a category, or yes and no.'),
  label: z.string().nullable().describe('What a number means in words: `pass`, `relevant`.'),
  unit: z.string().nullable(),
  spanId: z
    .string()
    .nullable()
    .describe('The span that was judged; null where it was the whole trace or a session.'),
  source: z.string().describe('Who judged: `human`, `code`, `llm`, `api`, `otel`, or what the client says.'),
  evaluator: z.string().nullable(),
});

export const score = scoreSummary.extend({
  id: z.string(),
  traceId: z.string().nullable().describe('Null where a session was judged.'),
  sessionId: z.string().nullable(),
  comment: z.string().nullable(),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  createdAt: timestamp,
  updatedAt: timestamp,
});

export const scoreList = z.object({ scores: z.array(score), nextCursor: z.string().nullable() });

export type ScoreSummary = z.infer<typeof scoreSummary>;
export type Score = z.infer<typeof score>;
