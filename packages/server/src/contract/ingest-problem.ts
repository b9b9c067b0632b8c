import { z } from 'zod';
import { timestamp } from './values.ts';

/** Records, or whole requests, that were sent and not kept. */
export const ingestProblem = z.object({
  project: z
    .string()
    .nullable()
    .describe('null: the request does not say, or could not be read so far; shown in every project'),
  signal: z.enum(['traces', 'logs', 'metrics']),
  reason: z
    .string()
    .describe(
      'Of single records why they were refused, such as `invalid-trace-id`; of whole requests the code of the error.',
    ),
  count: z.int().describe('Records, or requests where the request as a whole was refused.'),
  firstTime: timestamp,
  lastTime: timestamp,
  samples: z
    .array(
      z.object({
        message: z.string().describe('What was found and what was expected.'),
        time: timestamp,
        name: z.string().nullable().describe('Of the span, event or metric.'),
        sdk: z.string().nullable().describe('As its resource says: `python opentelemetry 1.38.0`.'),
        userAgent: z.string().nullable(),
      }),
    )
    .describe('The latest, newest first, at most 5.'),
});

export const ingestProblemList = z.object({
  since: timestamp.describe('When the server started to count.'),
  problems: z.array(ingestProblem),
});

export type IngestProblemList = z.infer<typeof ingestProblemList>;
