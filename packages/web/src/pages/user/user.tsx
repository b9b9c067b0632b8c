import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { ZoomOut } from 'lucide-react';
import { useMemo } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { userQuery } from '../../api/queries.ts';
import type { UserDetail } from '../../api/types.ts';
import { equals, filterOfConditions } from '../../filter/conditions.ts';
import { FilterTargetContext } from '../../filter/filter-target.ts';
import { groupPage } from '../../filter/group-page-link.tsx';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { NothingFound } from '../../frame/nothing-found.tsx';
import { PageBar } from '../../frame/page-bar.tsx';
import { useProject } from '../../frame/use-project.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { useUrlView } from '../../url/search-params.ts';
import { Activity } from './activity.tsx';
import { FrequentValues } from './frequent-values.tsx';
import { LastSessions } from './last-sessions.tsx';
import { LastTraces } from './last-traces.tsx';
import { parseUserView, printUserView, type UserView } from './url.ts';
import { UserHeader } from './user-header.tsx';

/** A user: totals, activity over time, what failed, and the last sessions and traces. */
export function UserPage() {
  const { userId } = useParams({ from: '/users/$userId' });
  const [view, setView] = useUrlView(parseUserView, printUserView);
  const { project: current, error: projectError, retry } = useProject();
  const project = view.project ?? current;
  const { data, error, refetch } = useQuery({
    ...userQuery(userId, project ?? ''),
    enabled: project !== undefined,
  });
  useTitle(`User ${userId}`);
  return (
    <>
      <PageBar>
        <Link
          to="/users"
          search={project === undefined ? {} : { project }}
          className="text-ink-soft hover:text-ink"
        >
          Users
        </Link>
        <span className="text-ink-faint" aria-hidden>
          /
        </span>
        <span className="truncate font-mono text-small text-ink-faint" title={userId}>
          {userId}
        </span>
      </PageBar>
      {data && project !== undefined ? (
        <UserScreen key={`${project} ${userId}`} user={data} project={project} view={view} onView={setView} />
      ) : error instanceof ApiError && error.status === 404 ? (
        <NothingFound
          title="User not found"
          id={userId}
          project={project}
          onRetry={() => void refetch()}
          linkIn={(name) => groupPage('user', userId, name)}
          all={
            <Link to="/users" search={project ? { project } : {}} className="control">
              All users
            </Link>
          }
        >
          A user exists as soon as a trace has their id. A new trace can be read about a second after it
          arrives.
        </NothingFound>
      ) : error || projectError ? (
        <ProblemView error={error ?? projectError} onRetry={() => (error ? void refetch() : retry())} />
      ) : (
        <div className="appear-late flex flex-col gap-4 p-4" role="status" aria-label="Loading the user">
          <span className="skeleton h-5 w-64" />
          <span className="skeleton h-20 w-full" />
          <span className="skeleton h-3 w-2/3" />
        </div>
      )}
    </>
  );
}

interface UserScreenProps {
  readonly user: UserDetail;
  readonly project: string;
  readonly view: UserView;
  readonly onView: (change: (view: UserView) => UserView) => void;
}

function UserScreen({ user, project, view, onView }: UserScreenProps) {
  const { range } = view;
  const q = useMemo(() => filterOfConditions([equals('user', user.userId)]), [user.userId]);
  const bounds = useMemo(() => boundsOf(user, range), [user, range]);
  const target = useMemo(
    () => ({ filter: q, search: (filter: string) => ({ project, ...bounds, q: filter }) }),
    [q, project, bounds],
  );
  const list = { project, q, bounds };
  return (
    <FilterTargetContext value={target}>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <UserHeader user={user} />
        <Activity
          {...list}
          onZoom={(fromMs, toMs) => onView((old) => ({ ...old, range: { fromMs, toMs } }))}
        />
        {range && (
          <p className="flex items-center gap-2 border-b border-line px-3 py-1 text-small text-ink-soft">
            Below: {formatInstant(range.fromMs, Date.now())} – {formatInstant(range.toMs, Date.now())}
            <button
              type="button"
              className="control-quiet"
              onClick={() => onView(({ range: _, ...rest }) => rest)}
            >
              <ZoomOut size={13} aria-hidden /> Show everything
            </button>
          </p>
        )}
        <div className="grid gap-x-8 gap-y-5 p-3 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
          <LastTraces {...list} />
          <div className="flex min-w-0 flex-col gap-5">
            <LastSessions {...list} count={user.sessionCount} />
            <FrequentValues
              {...list}
              field="error"
              title="Errors"
              none="No step failed with an error type."
            />
            <FrequentValues {...list} field="feature" title="Features" none="" />
            <FrequentValues {...list} field="model" title="Models" none="" />
          </div>
        </div>
      </div>
    </FilterTargetContext>
  );
}

/** The range of the lists as parameters of the API: the chosen one, or from the first to the last trace of the user. */
function boundsOf(
  { firstSeen, lastSeen }: UserDetail,
  range: UserView['range'],
): { readonly from: string; readonly to: string } {
  if (range) return { from: new Date(range.fromMs).toISOString(), to: new Date(range.toMs).toISOString() };
  const msOf = (time: string) => parseTimestamp(time)?.epochMs ?? 0;
  // The end of a range is exclusive.
  return { from: new Date(msOf(firstSeen)).toISOString(), to: new Date(msOf(lastSeen) + 1).toISOString() };
}
