import { readSessions } from '../../api/read-list.ts';
import type { SessionSummary } from '../../api/types.ts';
import { groupPage } from '../../filter/group-page-link.tsx';
import { LabelCell, labelValues } from '../../list/cells.tsx';
import { GROUP_COLUMNS, GROUP_SORTS } from '../../list/group-columns.tsx';
import { ListPage } from '../../list/list-page.tsx';
import type { ListSpec } from '../../list/list-spec.ts';
import { FirstRun } from '../first-run/first-run.tsx';

const SESSION_LIST: ListSpec<SessionSummary> = {
  id: 'sessions',
  path: '/sessions',
  title: 'Sessions',
  nouns: ['session', 'sessions'],
  filterOf: 'trace',
  attributes: false,
  defaultSort: '-lastSeen',
  sorts: GROUP_SORTS,
  columns: [
    {
      id: 'session',
      label: 'Session',
      width: 150,
      grow: 2,
      most: 400,
      rank: 0,
      link: true,
      sort: 'id',
      render: ({ sessionId }) => <span className="truncate">{sessionId}</span>,
      values: ({ sessionId }) => labelValues('session', sessionId),
    },
    {
      id: 'user',
      label: 'User',
      width: 110,
      rank: 9,
      when: (sessions) => sessions.some(({ userId }) => userId !== null),
      render: ({ userId }) => <LabelCell field="user" value={userId} />,
      values: ({ userId }) => labelValues('user', userId),
    },
    ...GROUP_COLUMNS,
  ],
  read: readSessions,
  keyOf: ({ sessionId }) => sessionId,
  linkOf: ({ sessionId }, { project }) => groupPage('session', sessionId, project),
  nameOf: ({ sessionId }) => sessionId,
  targetOf: ({ sessionId }) => ({ type: 'session', sessionId }),
};

/** Sessions with the totals of their traces. A row leads to the page of the session. */
export function SessionsPage() {
  return <ListPage spec={SESSION_LIST} firstRun={(project) => <FirstRun project={project} />} />;
}
