import { z } from 'zod';
import { REJECTION_REASONS } from '../errors/rejections.ts';
import { errorCode } from './problem.ts';
import { timestamp } from './values.ts';

/** The closed set of reasons why a single record is rejected. */
export const rejectionReason = z.enum(REJECTION_REASONS).meta({ id: 'RejectionReason' });

/** Records, or whole requests, that were sent and not kept. */
export const ingestProblem = z.object({
  project: z
    .string()
    .nullable()
    .describe('null: the request does not say, or could not be read so far; shown in every project'),
  signal: z.enum(['traces', 'logs', 'metrics']),
  reason: z
    .union([rejectionReason, errorCode])
    .describe('Why single records were rejected, or the error code of whole requests.'),
  title: z.string().describe('The reason in words.'),
  advice: z.string().describe('What the sender can do about it.'),
  counts: z.enum(['records', 'requests']).describe('Whether `count` is a number of records or of requests.'),
  count: z.int(),
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
