import { z } from 'zod';
import { sortOf } from '../../contract/score-sort.ts';
import { SPAN_SORTS } from '../../contract/span-list.ts';
import { MAX_CURSOR_LENGTH } from '../../query/cursor.ts';
import { listSpans } from '../../query/spans/list-spans.ts';
import { spanLine } from '../span-line.ts';
import { defineTool, FILTER_AND_RANGE, PROJECT, scopeOf, selectionOf } from '../tool.ts';
import { shortTime } from '../trace-line.ts';

export const findSpans = defineTool({
  name: 'find_spans',
  title: 'Find spans',
  description:
    'Lists single spans of all traces that match a filter, such as kind:tool status:error or kind:llm latency>5s, newest first.',
  input: z.object({
    ...FILTER_AND_RANGE,
    sort: sortOf(SPAN_SORTS, '').default('-startTime'),
    limit: z.number().int().min(1).max(100).default(20),
    cursor: z
      .string()
      .max(2 * MAX_CURSOR_LENGTH)
      .optional(),
    ...PROJECT,
  }),
  async run({ project, sort, limit, cursor, ...selection }, context) {
    const scope = scopeOf(context, project);
    const { spans, nextCursor } = await listSpans(scope, {
      ...selectionOf(selection, context, { of: 'span' }),
      sort,
      limit,
      cursor,
      columns: [],
      signal: context.signal,
    });
    if (spans.length === 0) return `No spans match in project "${scope.project}".`;
    return [
      'started | facts | span id | trace id',
      ...spans.map((span) =>
        [shortTime(span.startTime), spanLine(span), span.spanId, span.traceId].join(' | '),
      ),
      ...(nextCursor === null ? [] : [`More spans match. Next page: cursor ${nextCursor}`]),
    ].join('\n');
  },
});
