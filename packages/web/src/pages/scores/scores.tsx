import type { LinkProps } from '@tanstack/react-router';
import { readScores } from '../../api/read-list.ts';
import type { Score } from '../../api/types.ts';
import { groupPage } from '../../filter/group-page-link.tsx';
import { ListPage } from '../../list/list-page.tsx';
import type { ListSpec } from '../../list/list-spec.ts';
import { FirstRun } from '../first-run/first-run.tsx';
import { COLUMNS } from './columns.tsx';
import { SCORE_FIELDS, ScoreConditions } from './score-conditions.tsx';

const SCORE_LIST: ListSpec<Score> = {
  id: 'scores',
  path: '/scores',
  title: 'Scores',
  nouns: ['score', 'scores'],
  attributes: false,
  defaultSort: '-updatedAt',
  sorts: ['-updatedAt', 'updatedAt', '-value', 'value'],
  fields: Object.keys(SCORE_FIELDS),
  columns: COLUMNS,
  read: readScores,
  keyOf: ({ id }) => id,
  linkOf: ({ traceId, spanId, sessionId }, { project, range }): LinkProps => {
    if (traceId !== null)
      return {
        to: '/t/$traceId',
        params: { traceId },
        search: { project, ...(spanId !== null && { span: spanId }) },
      };
    if (sessionId !== null) return groupPage('session', sessionId, project);
    return { to: '/', search: { project, ...range } };
  },
  nameOf: ({ name }) => name,
};

/** Scores of spans, traces and sessions. A row leads to what was scored. */
export function ScoresPage() {
  return (
    <ListPage
      spec={SCORE_LIST}
      firstRun={(project) => <FirstRun project={project} />}
      conditions={(parts) => <ScoreConditions {...parts} />}
    />
  );
}
