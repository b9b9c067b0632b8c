import { useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { useLive } from '../../api/live.ts';
import type { Trace } from '../../api/types.ts';
import { FilterTargetContext } from '../../filter/filter-target.ts';
import { parseTimestamp } from '../../format/timestamp.ts';
import { NothingFound } from '../../frame/nothing-found.tsx';
import { PageBar } from '../../frame/page-bar.tsx';
import { useProject } from '../../frame/use-project.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { usePaced } from '../../ui/use-paced.ts';
import { useTitle } from '../../ui/use-title.ts';
import { useVisible } from '../../ui/use-visible.ts';
import { type SearchRecord, useUrlView } from '../../url/search-params.ts';
import { printTimeRange, type Recent, recentReaching } from '../../url/time-range.ts';
import { ShareMenu } from './share-menu.tsx';
import { isShortId, ShortTrace } from './short-trace.tsx';
import { TraceScreen } from './trace-screen.tsx';
import { TraceSkeleton } from './trace-skeleton.tsx';
import { parseTraceView, printTraceView } from './url.ts';
import { useTrace } from './use-trace.ts';

export function TracePage() {
  const { traceId } = useParams({ from: '/t/$traceId' });
  const whole = <TraceOf key={traceId} traceId={traceId} />;
  return isShortId(traceId) ? <ShortTrace key={traceId} id={traceId} whole={whole} /> : whole;
}

function TraceOf({ traceId }: { traceId: string }) {
  const [view, setView] = useUrlView(parseTraceView, printTraceView);
  const { data, foundIn, error, refetch } = useTrace(traceId, view.project);
  useEffect(() => {
    if (foundIn !== undefined) setView((old) => ({ ...old, project: foundIn }));
  }, [foundIn, setView]);
  useLiveTrace(traceId, data, view.project);
  const { startTime } = data ?? {};
  const target = useMemo(
    () => ({ filter: '', search: (q: string) => listAround(startTime, view.project, q) }),
    [startTime, view.project],
  );
  useTitle(data ? data.name || traceId : traceId);
  return (
    <>
      <PageBar
        controls={
          view.project !== undefined && data && <ShareMenu traceId={traceId} project={view.project} />
        }
      >
        <Link
          to="/"
          search={view.project ? { project: view.project } : {}}
          className="text-ink-soft hover:text-ink"
        >
          Traces
        </Link>
        <span className="text-ink-faint" aria-hidden>
          /
        </span>
        <span className="truncate font-mono text-small text-ink-faint">{traceId}</span>
      </PageBar>
      {data ? (
        <FilterTargetContext value={target}>
          <TraceScreen trace={data} view={view} onView={setView} />
        </FilterTargetContext>
      ) : error instanceof ApiError && error.status === 404 ? (
        <NoSuchTrace traceId={traceId} project={view.project} onRetry={() => void refetch()} />
      ) : error ? (
        <ProblemView error={error} onRetry={() => void refetch()} />
      ) : (
        <TraceSkeleton />
      )}
    </>
  );
}

/** The list of traces in the narrowest range of time that holds the trace. */
function listAround(startTime: string | undefined, project: string | undefined, q: string): SearchRecord {
  const start = parseTimestamp(startTime ?? '')?.epochMs;
  const recent = start === undefined ? null : recentReaching(start, Date.now());
  return {
    ...(project && { project }),
    ...(recent
      ? printTimeRange({ kind: 'recent', recent: NARROW.has(recent) ? '24h' : recent })
      : start !== undefined &&
        printTimeRange({ kind: 'between', fromMs: start - DAY_MS, toMs: start + DAY_MS })),
    q,
  };
}

const DAY_MS = 86_400_000;
/** Ranges in which a trace would soon be out of sight. */
const NARROW: ReadonlySet<Recent> = new Set(['15m', '1h', '6h']);

function NoSuchTrace({
  traceId,
  project,
  onRetry,
}: {
  traceId: string;
  project: string | undefined;
  onRetry: () => void;
}) {
  return (
    <NothingFound
      title="Trace not found"
      id={traceId}
      project={project}
      onRetry={onRetry}
      linkIn={(name) => ({ to: '/t/$traceId', params: { traceId }, search: { project: name } })}
      all={
        <Link to="/" search={project ? { project } : {}} className="control">
          All traces
        </Link>
      }
    >
      A new trace can be read about a second after it arrives. If this one is older, it may belong to another
      project, or it may have been deleted.
    </NothingFound>
  );
}

/** A trace that started less than this ago may still get new spans. */
const YOUNG_MS = 10 * 60_000;
/** Minimum time between two refreshes of the trace. */
const PACE_MS = 1000;
/** Minimum time between two refreshes of the scores. Evaluators send several scores in a row. */
const SCORES_PACE_MS = 100;

/** Refreshes the trace when new spans arrive, and its scores when new scores arrive, which can be much later. */
function useLiveTrace(traceId: string, trace: Trace | undefined, inUrl: string | undefined) {
  const client = useQueryClient();
  const { project } = useProject();
  const start = parseTimestamp(trace?.startTime ?? '')?.epochMs ?? 0;
  const grows =
    trace === undefined ||
    Date.now() - start < YOUNG_MS ||
    trace.spans.some((span) => span.durationMs === null);
  const readTrace = usePaced(PACE_MS, () => {
    void client.invalidateQueries({ queryKey: ['trace', traceId] });
    void client.invalidateQueries({ queryKey: ['span', traceId] });
  });
  const readScores = usePaced(SCORES_PACE_MS, () => {
    void client.invalidateQueries({ queryKey: ['scores', traceId] });
  });
  // All tabs of a browser share six connections to a server, so hidden tabs must not hold one.
  useLive(inUrl ?? project, useVisible(), {
    onSpans: ({ spans }) => {
      if (grows && spans.some((span) => span.traceId === traceId)) readTrace();
    },
    onScores: ({ scores, more }) => {
      if (more > 0 || scores.some((score) => score.traceId === traceId)) readScores();
    },
    onGap: () => {
      if (grows) readTrace();
      readScores();
    },
  });
}
