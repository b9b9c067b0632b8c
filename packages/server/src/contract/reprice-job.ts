import { z } from 'zod';
import { parseTimestamp } from './timestamps.ts';
import { timestamp } from './values.ts';

const instant = z
  .string()
  .max(40)
  .refine((text) => parseTimestamp(text) !== undefined, {
    message: 'expected ISO 8601, such as 2026-11-20T10:00:00Z',
  });

export const newRepriceJob = z.strictObject({
  q: z.string().max(10_000).nullable().default(null).describe('Filter of spans. Default: all spans.'),
  from: instant.nullable().default(null).describe('Spans that started at or after this time, ISO 8601'),
  to: instant.nullable().default(null).describe('Spans that started before this time, ISO 8601'),
  dryRun: z.boolean().default(false).describe('Changes nothing and reports what would change.'),
});

const usd = z.number().describe('US dollars. Only spans that count towards totals are added up.');

const repricedModel = z.object({
  provider: z.string().nullable(),
  model: z.string().nullable(),
  spans: z.int().describe('Number of examined spans.'),
  changed: z.int().describe('Number of spans whose cost changes.'),
  newlyPriced: z.int().describe('Number of these that had no cost.'),
  noLongerPriced: z.int().describe('Number of these that have no cost afterwards.'),
  costBeforeUsd: usd,
  costAfterUsd: usd,
});

export const repriceJob = z
  .object({
    id: z.string(),
    state: z.enum(['running', 'done', 'cancelled', 'failed']),
    dryRun: z.boolean(),
    q: z.string().nullable(),
    from: z.string().nullable(),
    to: z.string().nullable(),
    spansTotal: z.int().describe('Number of spans to examine when it started. More can arrive.'),
    spansDone: z.int(),
    spansChanged: z.int(),
    costBeforeUsd: usd,
    costAfterUsd: usd,
    models: z
      .array(repricedModel)
      .describe(
        'Models with changes first, by the difference of their cost; at most 500, others are added to the last.',
      ),
    error: z.string().nullable().describe('Why it failed.'),
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'RepriceJob' });

export const repriceJobList = z.object({
  jobs: z.array(repriceJob).describe('The latest 20, newest first.'),
});

export type NewRepriceJob = z.infer<typeof newRepriceJob>;
export type RepriceJob = z.infer<typeof repriceJob>;
export type RepricedModel = z.infer<typeof repricedModel>;
