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
    .describe(
      'Number of measured values. Histograms only. Cumulative series count since the client started, others in the range.',
    ),
  sum: z.number().nullable().describe('Sum of the measured values; the last value of a gauge.'),
  points: z.int().describe('Number of points in the range.'),
  firstTime: timestamp,
  lastTime: timestamp,
});

export const metricSeriesList = z.object({ series: z.array(metricSeries) });

/** A data point as it was sent, including `bucketCounts`, `explicitBounds`, `scale` and `exemplars`. */
export const metricPoint = z.looseObject({
  startTime: timestamp.nullable(),
  time: timestamp,
  count: z.int().nullable(),
  sum: z.number().nullable().describe('Sum of a histogram, or the value of a sum or gauge.'),
  min: z.number().nullable(),
  max: z.number().nullable(),
});

export const metricPointList = z.object({ points: z.array(metricPoint) });

export type MetricSeries = z.infer<typeof metricSeries>;
export type MetricPoint = z.infer<typeof metricPoint>;
