import { GRAINS } from '@throughline/spans';
import { z } from 'zod';
import { unpriced } from './unpriced.ts';

export const MAX_GROUPS = 500;
/** Maximum number of steps of time in a result. */
export const MAX_STEPS = 1000;
/** Maximum number of steps multiplied by groups. */
export const MAX_POINTS = 50_000;

const value = z.union([z.number(), z.string(), z.null()]);

/** One row of a result. Its names are those of `columns`. */
const row = z
  .record(z.string(), value)
  .describe(
    'Values by the names of `columns`. With a cost, also `unpricedCalls`: if it is not 0, the cost is a lower bound.',
  );

const period = {
  from: z.string(),
  to: z.string(),
  rows: z
    .array(row)
    .describe(
      'With a grain or an ordinal dimension: one row for each step and group that has data, by time. Otherwise one row for each group, by the first measure.',
    ),
  groups: z.array(row).describe('One row for each group over the whole range, by the first measure'),
  other: z
    .object({
      groups: z
        .int()
        .nullable()
        .describe('Number of groups that are not returned by themselves. Null for the previous period.'),
      total: row.describe('All of them over the whole range'),
      rows: z.array(row).describe('All of them by time, like `rows`'),
    })
    .nullable()
    .describe('The groups beyond `limit`, together. Null if there are none.'),
  totals: row.describe('All selected spans or traces over the whole range'),
  ...unpriced,
};

/** The result of `POST /metrics/query`. */
export const metricsResult = z
  .object({
    columns: z.array(
      z.object({
        name: z.string(),
        type: z.enum(['time', 'label', 'number']),
        unit: z
          .string()
          .nullable()
          .describe(
            '`usd`, `ms`, `count`, `ratio` (0 to 1), `perSecond`, `none`, or one of them with `/min`',
          ),
      }),
    ),
    grain: z.enum(GRAINS).nullable(),
    times: z.array(z.string()).describe('The starts of all steps. Empty without a grain.'),
    incomplete: z.boolean().describe('Whether a cost is a lower bound, because calls have no known price'),
    ...period,
    previous: z
      .object({ ...period, times: z.array(z.string()) })
      .nullable()
      .describe('The same groups in the period of the same length that ended when this one started'),
  })
  .meta({ id: 'MetricsResult' });

export type MetricsResult = z.infer<typeof metricsResult>;
export type MetricsRow = MetricsResult['rows'][number];
export type MetricsPeriod = Pick<
  MetricsResult,
  'from' | 'to' | 'rows' | 'groups' | 'other' | 'totals' | 'unpricedCalls' | 'unpricedModels'
>;

/** Body of `POST /metrics/query`, apart from the times. */
export const metricsQuery = {
  of: z
    .enum(['spans', 'traces'])
    .default('spans')
    .describe('Whether single spans or whole traces are counted, and what the filter selects'),
  measures: z
    .array(
      z
        .object({
          measure: z.string().max(300).describe('Such as `cost`, `user` or `score.faithfulness`'),
          aggregation: z
            .string()
            .max(20)
            .optional()
            .describe('Default: the first aggregation of the measure'),
        })
        .strict(),
    )
    .min(1)
    .max(12),
  dimensions: z
    .array(z.string().max(300))
    .max(2)
    .default([])
    .describe('Such as `feature` or `attr.customer.tier`'),
  grain: z
    .enum(['auto', ...GRAINS])
    .optional()
    .describe('Length of the steps of time. Without it, the result has no times.'),
  limit: z
    .int()
    .min(1)
    .max(MAX_GROUPS)
    .default(10)
    .describe('Maximum number of groups. The others are returned together as `other`.'),
  order: z.enum(['desc', 'asc']).default('desc').describe('Order of the groups by the first measure'),
  compare: z.literal('previous').optional().describe('Also returns the previous period of the same length'),
};

/** The measures and dimensions that queries can use. */
export const metricsCatalogue = z
  .object({
    measures: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        unit: z.string(),
        of: z.array(z.enum(['spans', 'traces'])),
        aggregations: z.array(z.string()),
        better: z.enum(['lower', 'higher', 'neither']),
        description: z.string(),
      }),
    ),
    dimensions: z.array(
      z.object({
        name: z.string(),
        of: z.array(z.enum(['spans', 'traces'])),
        ordinal: z.boolean().describe('Whether the values are ranges or times, which have an order'),
        description: z.string(),
      }),
    ),
    grains: z.array(z.enum(GRAINS)),
  })
  .meta({ id: 'MetricsCatalogue' });
