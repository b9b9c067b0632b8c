import { z } from 'zod';
import { attributes, timestamp } from './values.ts';

/** A series of data points that a client measured itself. */
export const metricSeries = z.object({
  seriesId: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  unit: z.string().nullable(),
  kind: z.enum(['gauge', 'sum', 'histogram', 'exponential-histogram']),
  temporality: z.enum(['unspecified', 'delta', 'cumulative']),
  monotonic: z.boolean(),
  service: z.string().nullable(),
  attributes,
  count: z
    .int()
    .nullable()
    .describe('Of histograms, in the range; of a cumulative series all since its client started.'),
  sum: z.number().nullable().describe('The same of the values; of a gauge the last one.'),
  points: z.int().describe('How many points there are in the range.'),
  firstTime: timestamp,
  lastTime: timestamp,
});

export const metricSeriesList = z.object({ series: z.array(metricSeries) });

/** With `bucketCounts`, `explicitBounds`, `scale`, `exemplars` and the like, as the point has them. */
export const metricPoint = z.looseObject({
  startTime: timestamp.nullable(),
  time: timestamp,
  count: z.int().nullable(),
  sum: z.number().nullable().describe('Of a histogram, or the value of a sum or gauge.'),
  min: z.number().nullable(),
  max: z.number().nullable(),
});

export const metricPointList = z.object({ points: z.array(metricPoint) });

export type MetricSeries = z.infer<typeof metricSeries>;
export type MetricPoint = z.infer<typeof metricPoint>;
