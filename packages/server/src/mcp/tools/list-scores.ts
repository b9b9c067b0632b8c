import { z } from 'zod';
import type { Score } from '../../contract/score.ts';
import { MAX_CURSOR_LENGTH } from '../../query/cursor.ts';
import { listScores } from '../../query/scores/list-scores.ts';
import { defineTool, PROJECT, scopeOf } from '../tool.ts';
import { oneLine, shortTime } from '../trace-line.ts';
import { readWhen, whenInput } from '../when.ts';

const id = z.string().min(1).max(800).optional();
const label = z.string().max(500).optional();

export const listScoresTool = defineTool({
  name: 'list_scores',
  title: 'List scores',
  description:
    'Lists scores (feedback of users, results of evaluators) of a trace, a span, a session or a whole project, most recently changed first.',
  input: z.object({
    trace_id: id,
    span_id: id,
    session_id: id,
    name: z.string().max(200).optional().describe('Only scores with this name.'),
    source: label.describe('Such as human, code, llm or api.'),
    evaluator: label,
    from: whenInput('Only scores that were created at or after this time.'),
    to: whenInput('Only scores that were created before this time.'),
    limit: z.number().int().min(1).max(200).default(20),
    cursor: z.string().max(MAX_CURSOR_LENGTH).optional(),
    ...PROJECT,
  }),
  async run({ project, trace_id, span_id, session_id, from, to, ...rest }, context) {
    const { scores, nextCursor } = await listScores(scopeOf(context, project), {
      ...rest,
      traceId: trace_id,
      spanId: span_id,
      sessionId: session_id,
      fromNs: readWhen('from', from, context.nowNs),
      toNs: readWhen('to', to, context.nowNs),
      signal: context.signal,
    });
    if (scores.length === 0) return 'No scores match.';
    return [
      'changed | name | value | source | evaluator | about | comment',
      ...scores.map(scoreLine),
      ...(nextCursor === null ? [] : [`More scores match. Next page: cursor ${nextCursor}`]),
    ].join('\n');
  },
});

function scoreLine(score: Score): string {
  const { traceId, spanId, sessionId } = score;
  const about = sessionId ? `session ${sessionId}` : `trace ${traceId}${spanId ? ` span ${spanId}` : ''}`;
  return [
    shortTime(score.updatedAt),
    score.name,
    `${score.value}${score.unit ? ` ${score.unit}` : ''}${score.label ? ` (${score.label})` : ''}`,
    score.source,
    score.evaluator ?? '–',
    about,
    score.comment === null ? '–' : oneLine(score.comment, 300),
  ].join(' | ');
}
