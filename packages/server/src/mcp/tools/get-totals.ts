import { type Filter, formatCount, formatDuration, type LabelField } from '@throughline/spans';
import { z } from 'zod';
import type { TraceVolume } from '../../contract/trace.ts';
import { traceValues } from '../../query/traces/trace-values.ts';
import { traceVolume } from '../../query/traces/volume.ts';
import { LISTED_FIELDS } from '../../query/value-counts.ts';
import { defineTool, FILTER_AND_RANGE, PROJECT, scopeOf, selectionOf } from '../tool.ts';
import { costOf, shortTime } from '../trace-line.ts';

export const getTotals = defineTool({
  name: 'get_totals',
  title: 'Totals and trends',
  description:
    'Counts the traces that match a filter: number, failures, median and 95th percentile of the duration, and cost, in total, over time and by a field such as model, feature, user or env.',
  input: z.object({
    ...FILTER_AND_RANGE,
    by: z
      .enum(LISTED_FIELDS)
      .optional()
      .describe('Also one row for each of the most frequent values of this field.'),
    limit: z.number().int().min(1).max(20).default(10).describe('Maximum number of values.'),
    buckets: z
      .number()
      .int()
      .min(0)
      .max(100)
      .default(12)
      .describe('Maximum number of intervals of time; 0 for none.'),
    ...PROJECT,
  }),
  async run({ project, by, limit, buckets, ...selection }, context) {
    const scope = scopeOf(context, project);
    const { signal } = context;
    const { filter, ...range } = selectionOf(selection, context);
    const total = await traceVolume(scope, { filter, ...range, buckets: Math.max(1, buckets), signal });
    if (total.traces === 0) return `No traces match in project "${scope.project}".`;
    const lines = [
      `${shortTime(total.from)} to ${shortTime(total.to)}`,
      `${COLUMNS}`,
      `all | ${figures(total)}`,
      ...(buckets === 0 ? [] : overTime(total)),
    ];
    if (by === undefined) return lines.join('\n');
    const { values, more } = await traceValues(scope, {
      field: by,
      prefix: '',
      filter,
      ...range,
      limit,
      signal,
    });
    lines.push(
      '',
      `By ${by}. A trace counts in each of its values, with its whole duration and cost.`,
      COLUMNS,
    );
    for (const { value } of values) {
      const volume = await traceVolume(scope, {
        filter: withValue(filter, by, value),
        ...range,
        buckets: 1,
        signal,
      });
      lines.push(`${value} | ${figures(volume)}`);
    }
    if (more) lines.push(`There are more values; list_fields with field ${by} lists them.`);
    return lines.join('\n');
  },
});

const COLUMNS = 'traces | total | failed | p50 | p95 | cost';

function figures({ traces, errors, errorRate, p50DurationMs, p95DurationMs, ...cost }: TraceVolume): string {
  return [
    formatCount(traces),
    `${formatCount(errors)} (${((errorRate ?? 0) * 100).toFixed(1)} %)`,
    p50DurationMs === null ? '–' : formatDuration(p50DurationMs),
    p95DurationMs === null ? '–' : formatDuration(p95DurationMs),
    costOf({ ...cost, costIncomplete: cost.unpricedCalls > 0 }),
  ].join(' | ');
}

/** Intervals without traces are left out. */
function overTime({ buckets, bucketSeconds }: TraceVolume): string[] {
  const used = buckets.filter(({ traces }) => traces > 0);
  return [
    `Over time, intervals of ${formatDuration(bucketSeconds * 1000)}: start | traces | failed`,
    ...used.map(
      ({ startTime, traces, errors }) =>
        `${shortTime(startTime)} | ${formatCount(traces)} | ${formatCount(errors)}`,
    ),
  ];
}

function withValue(filter: Filter, field: LabelField, value: string): Filter {
  const condition = {
    type: 'label',
    subject: { type: 'field', field },
    test: { type: 'equals', value },
  } as const;
  return filter === undefined ? condition : { type: 'and', operands: [filter, condition] };
}
