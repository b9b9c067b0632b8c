import { formatCount } from '@throughline/spans';
import { z } from 'zod';
import { readNumberedTrace } from '../read-numbered-trace.ts';
import { spanLine } from '../span-line.ts';
import { defineTool, PROJECT, scopeOf, traceIdInput } from '../tool.ts';

export const listSpans = defineTool({
  name: 'list_spans',
  title: 'List the spans of a trace',
  description:
    'Lists the spans of a trace in the order of the tree, with their numbers, ids and facts. Useful for large traces that read_trace shortens.',
  input: z.object({
    trace_id: traceIdInput,
    kind: z.string().max(40).optional().describe('Only this kind, such as llm, tool, retriever or agent.'),
    failed: z.boolean().default(false).describe('Only spans that failed.'),
    skip: z.number().int().min(0).default(0).describe('Number of spans to skip.'),
    limit: z.number().int().min(1).max(500).default(50),
    ...PROJECT,
  }),
  async run({ trace_id, kind, failed, skip, limit, project }, context) {
    const { spans } = await readNumberedTrace(scopeOf(context, project), trace_id, context.signal);
    const matching = spans.nodes.filter(
      ({ span }) => (kind === undefined || span.kind === kind) && (!failed || span.status === 'error'),
    );
    const shown = matching.slice(skip, skip + limit);
    if (shown.length === 0) return `None of the ${formatCount(spans.nodes.length)} spans matches.`;
    const next = skip + shown.length;
    return [
      `${formatCount(matching.length)} of ${formatCount(spans.nodes.length)} spans match. number | span id | parent | facts`,
      ...shown.map(({ span, parent }) =>
        [
          spans.handleOf(span.spanId),
          span.spanId,
          parent === null ? '–' : spans.handleOf(parent.span.spanId),
          spanLine(span),
        ].join(' | '),
      ),
      ...(next < matching.length ? [`More spans match; call again with skip ${next}.`] : []),
    ].join('\n');
  },
});
