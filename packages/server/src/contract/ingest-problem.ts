import { z } from 'zod';
import { REJECTION_REASONS } from '../errors/rejections.ts';
import { WARNING_REASONS } from '../errors/warnings.ts';
import { errorCode } from './problem.ts';
import { timestamp } from './values.ts';

/** The closed set of reasons why a single record is rejected. */
export const rejectionReason = z.enum(REJECTION_REASONS).meta({ id: 'RejectionReason' });

/** The closed set of reasons why a record that was stored is probably wrong. */
export const warningReason = z.enum(WARNING_REASONS).meta({ id: 'WarningReason' });

/** Records or whole requests that were rejected, or records that were stored but look wrong. */
export const ingestProblem = z.object({
  project: z
    .string()
    .nullable()
    .describe(
      'Null if the project is not known because the request does not name one or could not be read. Such problems are shown in every project.',
    ),
  signal: z.enum(['traces', 'logs', 'metrics']),
  reason: z
    .union([rejectionReason, warningReason, errorCode])
    .describe(
      'Why single records were rejected or look wrong, or the error code of whole requests that were rejected.',
    ),
  title: z.string().describe('The reason in words.'),
  advice: z.string().describe('What the sender can do.'),
  stored: z.boolean().describe('Whether the records were stored although they look wrong.'),
  counts: z.enum(['records', 'requests']).describe('Whether `count` is a number of records or of requests.'),
  count: z.int(),
  firstTime: timestamp,
  lastTime: timestamp,
  samples: z
    .array(
      z.object({
        message: z.string().describe('What was found and what was expected.'),
        time: timestamp,
        name: z.string().nullable().describe('Name of the span, event or metric.'),
        sdk: z
          .string()
          .nullable()
          .describe('The SDK according to the resource: `python opentelemetry 1.38.0`.'),
        userAgent: z.string().nullable(),
      }),
    )
    .describe('The latest examples, newest first, at most 5.'),
});

export const ingestProblemList = z.object({
  since: timestamp.describe('Start of the counts.'),
  problems: z.array(ingestProblem),
});

export type IngestProblemList = z.infer<typeof ingestProblemList>;
