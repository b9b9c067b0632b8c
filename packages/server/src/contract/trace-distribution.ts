import { z } from 'zod';
import { timestamp } from './values.ts';

/** Measures that a heat map can show. */
export const HEAT_MEASURES = ['latency', 'cost'] as const;

const bound = z.number().describe('In milliseconds for `latency`, in US dollars for `cost`.');

export const traceHeatMap = z
  .object({
    measure: z.enum(HEAT_MEASURES),
    from: timestamp,
    to: timestamp,
    bucketSeconds: z.int().describe('Width of a column.'),
    columns: z
      .array(timestamp)
      .describe('Start of each column, in order; the first can start before `from`.'),
    rows: z
      .array(z.object({ low: bound, high: bound }))
      .describe('Ranges of the measure on a logarithmic scale, lowest first. `high` is exclusive.'),
    cells: z
      .array(
        z.object({
          column: z.int(),
          row: z.int(),
          traces: z.int(),
          errors: z.int(),
        }),
      )
      .describe('The cells that contain traces. `column` and `row` are positions in the other two lists.'),
    traces: z.int().describe('Number of traces in the range.'),
    missing: z.int().describe('Number of traces without a value, or with zero, which no cell contains.'),
  })
  .meta({ id: 'TraceHeatMap' });

/** Kinds of differences. */
export const DIFFERENCE_KINDS = ['field', 'attribute', 'measure', 'word'] as const;

export const traceDifferences = z
  .object({
    selected: z.int().describe('Number of selected traces.'),
    rest: z.int().describe('Number of other traces in the range.'),
    sampled: z
      .object({ selected: z.int(), rest: z.int() })
      .nullable()
      .describe('Number of traces that were compared by fields and measures, if not all were.'),
    contentSampled: z
      .object({ selected: z.int(), rest: z.int() })
      .nullable()
      .describe('The same for attributes and words.'),
    compared: z.int().describe('Number of values that were compared.'),
    differences: z
      .array(
        z.object({
          kind: z.enum(DIFFERENCE_KINDS),
          name: z.string().describe('Field, attribute or measure. `text` for words.'),
          value: z.string(),
          filter: z.string().describe('Filter for the traces with this value.'),
          selectedShare: z.number().describe('Share of the selected traces that have it, 0 to 1.'),
          restShare: z.number(),
          selectedCount: z.int().describe('Number of compared traces that have it.'),
          restCount: z.int(),
          score: z
            .number()
            .describe('Smallest difference that agrees with the counts. Differences are sorted by it.'),
          significant: z.boolean().describe('Whether it is unlikely to be a coincidence.'),
        }),
      )
      .describe('Largest first.'),
  })
  .meta({ id: 'TraceDifferences' });

export type TraceHeatMap = z.infer<typeof traceHeatMap>;
export type TraceDifferences = z.infer<typeof traceDifferences>;
export type TraceDifference = TraceDifferences['differences'][number];
