import { bothDirections, TRACE_SORT_FIELDS } from '@throughline/spans';
import { readTraces } from '../../api/read-list.ts';
import type { TraceSummary } from '../../api/types.ts';
import type { ListSpec } from '../../list/list-spec.ts';
import { foundTexts } from '../../list/match-cell.tsx';
import { Peek } from '../trace/peek.tsx';
import { COLUMNS } from './columns.tsx';

export const TRACE_LIST: ListSpec<TraceSummary> = {
  id: 'traces',
  path: '/',
  title: 'Traces',
  nouns: ['trace', 'traces'],
  filterOf: 'trace',
  attributes: true,
  scores: true,
  defaultSort: '-startTime',
  sorts: bothDirections(TRACE_SORT_FIELDS),
  columns: COLUMNS,
  read: readTraces,
  keyOf: ({ traceId }) => traceId,
  // After a search for text, the span that contains it is selected and the text is marked.
  linkOf: ({ traceId, match }, { project }) => ({
    to: '/t/$traceId',
    params: { traceId },
    search: { project, ...(match && { span: match.spanId, found: foundTexts(match).join('\n') }) },
  }),
  nameOf: ({ name }) => name,
  startOf: ({ startTime }) => startTime,
  durationOf: ({ durationMs }) => durationMs,
  isRunning: ({ running }) => running,
  liveRows: ({ spans }) => spans.map(({ traceId, startTime }) => ({ key: traceId, startTime })),
  keyOfScore: ({ traceId }) => traceId,
  targetOf: ({ traceId }) => ({ type: 'trace', traceId }),
  renderPeek: (traceId, props) => <Peek traceId={traceId} {...props} />,
};
