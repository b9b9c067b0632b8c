import { readUsers } from '../../api/read-list.ts';
import type { UserSummary } from '../../api/types.ts';
import { groupPage } from '../../filter/group-page-link.tsx';
import { labelValues } from '../../list/cells.tsx';
import { GROUP_COLUMNS, GROUP_SORTS } from '../../list/group-columns.tsx';
import { ListPage } from '../../list/list-page.tsx';
import type { ListSpec } from '../../list/list-spec.ts';
import { FirstRun } from '../first-run/first-run.tsx';

const USER_LIST: ListSpec<UserSummary> = {
  id: 'users',
  path: '/users',
  title: 'Users',
  nouns: ['user', 'users'],
  filterOf: 'trace',
  attributes: false,
  defaultSort: '-lastSeen',
  sorts: GROUP_SORTS,
  columns: [
    {
      id: 'user',
      label: 'User',
      width: 150,
      grow: 2,
      most: 400,
      rank: 0,
      link: true,
      sort: 'id',
      render: ({ userId }) => <span className="truncate">{userId}</span>,
      values: ({ userId }) => labelValues('user', userId),
    },
    ...GROUP_COLUMNS,
  ],
  read: readUsers,
  keyOf: ({ userId }) => userId,
  linkOf: ({ userId }, { project }) => groupPage('user', userId, project),
  nameOf: ({ userId }) => userId,
};

/** Users with the totals of their traces. A row leads to the page of the user. */
export function UsersPage() {
  return <ListPage spec={USER_LIST} firstRun={(project) => <FirstRun project={project} />} />;
}
