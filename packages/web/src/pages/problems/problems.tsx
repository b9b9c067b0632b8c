import { useNavigate } from '@tanstack/react-router';
import { CircleCheck, RotateCw } from 'lucide-react';
import { formatInstant, parseTimestamp } from '../../format/timestamp.ts';
import { useKeys } from '../../frame/keys.tsx';
import { PageBar } from '../../frame/page-bar.tsx';
import { useProject } from '../../frame/use-project.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { useSearchRecord } from '../../url/search-params.ts';
import { ProblemTable } from './problem-table.tsx';
import { StoreDamageSection } from './store-damage.tsx';
import { parseProblemsView, printProblemsView } from './url.ts';
import { useProblems, useStoreDamage } from './use-problems.ts';

/** Data that the server rejected (why, how often, and which client sent it), and damaged parts of the store. */
export function ProblemsPage() {
  const view = parseProblemsView(useSearchRecord());
  const { project } = useProject();
  const navigate = useNavigate();
  const { data, error, isFetching, refetch, dataUpdatedAt } = useProblems(project);
  const damagedParts = useStoreDamage();
  useTitle('Data problems');
  const refresh = () => void refetch();
  useKeys('Data problems', [{ keys: ['r'], label: 'Refresh', run: refresh }]);
  const toggle = (key: string) => {
    const open = view.open.includes(key) ? view.open.filter((other) => other !== key) : [...view.open, key];
    const search = printProblemsView({ ...(project !== undefined && { project }), open });
    void navigate({ to: '/problems', search, replace: true, resetScroll: false });
  };
  const since = parseTimestamp(data?.since ?? '');
  return (
    <>
      <PageBar
        controls={
          <button type="button" className="control" onClick={refresh} disabled={isFetching}>
            <RotateCw size={13} aria-hidden /> Refresh
          </button>
        }
      >
        <h1 className="text-title font-semibold whitespace-nowrap">Data problems</h1>
        {since && (
          <span className="truncate text-small text-ink-faint" title={data?.since}>
            since the server started at {formatInstant(since.epochMs, dataUpdatedAt)}
          </span>
        )}
      </PageBar>
      <StoreDamageSection parts={damagedParts} />
      {error && !data ? (
        <ProblemView error={error} onRetry={refresh} />
      ) : !data ? null : data.problems.length === 0 ? (
        <NothingRejected project={project ?? ''} />
      ) : (
        <ProblemTable problems={data.problems} open={view.open} onToggle={toggle} nowMs={dataUpdatedAt} />
      )}
    </>
  );
}

function NothingRejected({ project }: { project: string }) {
  return (
    <div className="mx-auto flex max-w-lg flex-col items-center gap-2 px-4 py-16 text-center">
      <CircleCheck size={22} className="text-ok" aria-hidden />
      <h2 className="text-title font-semibold">No data was rejected</h2>
      <p className="text-ink-soft wrap-anywhere">
        The server has accepted all data for <b className="font-medium">{project}</b> since it started.
      </p>
    </div>
  );
}
