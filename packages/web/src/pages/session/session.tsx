import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { useLive } from '../../api/live.ts';
import { sessionQuery } from '../../api/queries.ts';
import { ReadingModeToggle } from '../../content/reading-mode.tsx';
import { groupPage } from '../../filter/group-page-link.tsx';
import { NothingFound } from '../../frame/nothing-found.tsx';
import { PageBar } from '../../frame/page-bar.tsx';
import { useProject } from '../../frame/use-project.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { useVisible } from '../../ui/use-visible.ts';
import { useUrlView } from '../../url/search-params.ts';
import { Conversation } from './conversation.tsx';
import { SessionHeader } from './session-header.tsx';
import { parseSessionView, printSessionView } from './url.ts';

/** A session: its totals and the conversation as the user saw it. */
export function SessionPage() {
  const { sessionId } = useParams({ from: '/sessions/$sessionId' });
  const [view, setView] = useUrlView(parseSessionView, printSessionView);
  const { project: current, error: projectError, retry } = useProject();
  const project = view.project ?? current;
  const { data, error, refetch } = useQuery({
    ...sessionQuery(sessionId, project ?? ''),
    enabled: project !== undefined,
  });
  const { hasNew, takeNew } = useNewTurns(sessionId, project);
  useTitle(`Session ${sessionId}`);
  return (
    <>
      <PageBar
        controls={
          data && (
            <>
              <ReadingModeToggle />
              <select
                className="control"
                aria-label="Order of the turns"
                value={view.sort}
                onChange={(event) =>
                  setView((old) => ({
                    ...old,
                    sort: event.target.value === '-startTime' ? '-startTime' : 'startTime',
                  }))
                }
              >
                <option value="startTime">First turn first</option>
                <option value="-startTime">Last turn first</option>
              </select>
            </>
          )
        }
      >
        <Link
          to="/sessions"
          search={project === undefined ? {} : { project }}
          className="text-ink-soft hover:text-ink"
        >
          Sessions
        </Link>
        <span className="text-ink-faint" aria-hidden>
          /
        </span>
        <span className="truncate font-mono text-small text-ink-faint" title={sessionId}>
          {sessionId}
        </span>
        {hasNew && (
          <button type="button" className="control-primary h-6 shrink-0 rounded-full" onClick={takeNew}>
            <RefreshCw size={12} aria-hidden /> New turns
          </button>
        )}
      </PageBar>
      {data && project !== undefined ? (
        <div className="flex min-h-0 flex-1 flex-col" key={`${project} ${sessionId}`}>
          <SessionHeader session={data} project={project} />
          <Conversation sessionId={sessionId} project={project} sort={view.sort} />
        </div>
      ) : error instanceof ApiError && error.status === 404 ? (
        <NothingFound
          title="Session not found"
          id={sessionId}
          project={project}
          onRetry={() => void refetch()}
          linkIn={(name) => groupPage('session', sessionId, name)}
          all={
            <Link to="/sessions" search={project ? { project } : {}} className="control">
              All sessions
            </Link>
          }
        >
          A session exists as soon as a trace has its id. A new trace can be read about a second after it
          arrives.
        </NothingFound>
      ) : error || projectError ? (
        <ProblemView error={error ?? projectError} onRetry={() => (error ? void refetch() : retry())} />
      ) : (
        <SessionSkeleton />
      )}
    </>
  );
}

/** Notices spans and scores of the session that arrived after it was read. Nothing changes until the reader asks for it. */
function useNewTurns(sessionId: string, project: string | undefined) {
  const client = useQueryClient();
  const [hasNew, setHasNew] = useState(false);
  useLive(project, useVisible(), {
    onSpans: ({ spans }) => {
      if (spans.some((span) => span.sessionId === sessionId)) setHasNew(true);
    },
    onScores: ({ scores }) => {
      if (scores.some((score) => score.sessionId === sessionId))
        void client.invalidateQueries({ queryKey: ['session', sessionId, project, 'scores'] });
    },
    onGap: () => setHasNew(true),
  });
  const takeNew = () => {
    setHasNew(false);
    void client.invalidateQueries({ queryKey: ['session', sessionId] });
  };
  return { hasNew, takeNew };
}

function SessionSkeleton() {
  return (
    <div
      className="appear-late flex flex-1 flex-col gap-6 p-4"
      role="status"
      aria-label="Loading the session"
    >
      <span className="skeleton h-5 w-64" />
      {[70, 52, 64, 48].map((width) => (
        <span key={width} className="flex flex-col gap-2">
          <span className="skeleton h-3 w-24" />
          <span className="skeleton h-3" style={{ width: `${width}%` }} />
          <span className="skeleton h-3" style={{ width: `${width - 12}%` }} />
        </span>
      ))}
    </div>
  );
}
