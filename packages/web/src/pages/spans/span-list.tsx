import { bothDirections, SPAN_SORT_FIELDS } from '@throughline/spans';
import { readSpans } from '../../api/read-list.ts';
import type { ListedSpan } from '../../api/types.ts';
import type { ListSpec } from '../../list/list-spec.ts';
import { Peek } from '../trace/peek.tsx';
import { COLUMNS } from './columns.tsx';
import { parseSpanKey, spanKey } from './span-key.ts';

export const SPAN_LIST: ListSpec<ListedSpan> = {
  id: 'spans',
  path: '/spans',
  title: 'Spans',
  nouns: ['span', 'spans'],
  filterOf: 'span',
  attributes: true,
  scores: true,
  defaultSort: '-startTime',
  sorts: bothDirections(SPAN_SORT_FIELDS),
  columns: COLUMNS,
  read: readSpans,
  keyOf: spanKey,
  linkOf: ({ traceId, spanId }, { project }) => ({
    to: '/t/$traceId',
    params: { traceId },
    search: { project, span: spanId },
  }),
  nameOf: ({ name }) => name,
  startOf: ({ startTime }) => startTime,
  durationOf: ({ durationMs }) => durationMs,
  isRunning: ({ durationMs }) => durationMs === null,
  liveRows: ({ spans }) => spans.map((span) => ({ key: spanKey(span), startTime: span.startTime })),
  keyOfScore: ({ traceId, spanId }) =>
    traceId === null || spanId === null ? null : spanKey({ traceId, spanId }),
  targetOf: ({ traceId, spanId }) => ({ type: 'span', traceId, spanId }),
  renderPeek: (key, props) => <Peek {...parseSpanKey(key)} {...props} />,
};
