import { useQuery } from '@tanstack/react-query';
import { formatCount } from '@throughline/spans';
import { userSessionsQuery } from '../../api/queries.ts';
import { GroupPageLink } from '../../filter/group-page-link.tsx';
import { countOf, showCost } from '../../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { visibleName } from '../../format/visible-name.ts';
import { Value } from '../../ui/value.tsx';
import { type ListOfUser, SHOWN } from './list-of-user.ts';
import { ListSection } from './list-section.tsx';

interface LastSessionsProps extends ListOfUser {
  /** Number of all sessions of the user. */
  readonly count: number;
}

/** The last sessions of the user. Left out if the user has none. */
export function LastSessions({ project, q, bounds, count }: LastSessionsProps) {
  const state = useQuery({
    ...userSessionsQuery({ project, q, ...bounds, limit: SHOWN }),
    enabled: count > 0,
  });
  if (count === 0) return null;
  return (
    <ListSection
      title="Last sessions"
      state={state}
      all={{ link: { to: '/sessions', search: { project, ...bounds, q } }, text: 'All sessions' }}
    >
      {state.data?.sessions.length === 0 && <p className="py-2 text-ink-faint">No sessions in this time.</p>}
      <ul>
        {state.data?.sessions.map((session) => {
          const last = parseTimestamp(session.lastSeen);
          return (
            <li
              key={session.sessionId}
              className="flex min-w-0 items-center gap-x-3 border-b border-line py-1.5"
            >
              <GroupPageLink of="session" id={session.sessionId} project={project} className="flex-1">
                {visibleName(session.sessionId)}
              </GroupPageLink>
              {session.failedTraceCount > 0 && (
                <span className="shrink-0 text-small text-error">
                  {formatCount(session.failedTraceCount)} failed
                </span>
              )}
              <span className="shrink-0 text-small text-ink-soft">{countOf(session.traceCount, 'turn')}</span>
              {last && (
                <time
                  dateTime={session.lastSeen}
                  title={session.lastSeen}
                  className="shrink-0 text-small text-ink-soft"
                >
                  {formatInstant(last.epochMs, Date.now())}
                </time>
              )}
              <span className="w-20 shrink-0 text-right">
                <Value shown={showCost(session.costUsd, session)} />
              </span>
            </li>
          );
        })}
      </ul>
    </ListSection>
  );
}
