import { z } from 'zod';
import { sortOf } from '../../contract/score-sort.ts';
import { TRACE_SORTS } from '../../contract/trace.ts';
import { MAX_CURSOR_LENGTH } from '../../query/cursor.ts';
import { listTraces } from '../../query/traces/list-traces.ts';
import { defineTool, FILTER_AND_RANGE, PROJECT, scopeOf, selectionOf } from '../tool.ts';
import { TRACE_COLUMNS, traceLine } from '../trace-line.ts';

export const findTraces = defineTool({
  name: 'find_traces',
  title: 'Find traces',
  description:
    'Lists traces (one per request of the application) that match a filter, newest first. Use sort to find the most expensive (-costUsd), slowest (-durationMs) or largest ones. Then read one with read_trace.',
  input: z.object({
    ...FILTER_AND_RANGE,
    sort: sortOf(TRACE_SORTS, '').default('-startTime'),
    limit: z.number().int().min(1).max(100).default(10),
    cursor: z
      .string()
      .max(MAX_CURSOR_LENGTH)
      .optional()
      .describe('From the previous answer, for the next page.'),
    ...PROJECT,
  }),
  async run({ project, sort, limit, cursor, ...selection }, context) {
    const scope = scopeOf(context, project);
    const { traces, nextCursor } = await listTraces(scope, {
      ...selectionOf(selection, context),
      sort,
      limit,
      cursor,
      asOfNs: context.nowNs,
      signal: context.signal,
    });
    if (traces.length === 0)
      return `No traces match in project "${scope.project}". Check the range and the filter; list_fields with a field shows its values.`;
    return [
      TRACE_COLUMNS,
      ...traces.map(traceLine),
      ...(nextCursor === null ? [] : [`More traces match. Next page: cursor ${nextCursor}`]),
    ].join('\n');
  },
});
