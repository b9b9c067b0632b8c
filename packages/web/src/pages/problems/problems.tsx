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

/** What clients sent and the server did not keep: why, how often, by whom. And what of the store is damaged. */
export function ProblemsPage() {
  const view = parseProblemsView(useSearchRecord());
  const { project } = useProject();
  const navigate = useNavigate();
  const { data, error, isFetching, refetch, dataUpdatedAt } = useProblems(project);
  const damagedParts = useStoreDamage();
  useTitle('Problems');
  const refresh = () => void refetch();
  useKeys('Problems', [{ keys: ['r'], label: 'Refresh', run: refresh }]);
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
        <h1 className="text-title font-semibold">Problems</h1>
        {since && (
          <span className="truncate text-small text-ink-faint" title={data?.since}>
            since the server started, {formatInstant(since.epochMs, dataUpdatedAt)}
          </span>
        )}
      </PageBar>
      <StoreDamageSection parts={damagedParts} />
      {error && !data ? (
        <ProblemView error={error} onRetry={refresh} />
      ) : !data ? null : data.problems.length === 0 ? (
        <AllKept project={project ?? ''} isStoreDamaged={damagedParts.length > 0} />
      ) : (
        <ProblemTable problems={data.problems} open={view.open} onToggle={toggle} nowMs={dataUpdatedAt} />
      )}
    </>
  );
}

function AllKept({ project, isStoreDamaged }: { project: string; isStoreDamaged: boolean }) {
  return (
    <div className="mx-auto flex max-w-lg flex-col items-center gap-2 px-4 py-16 text-center">
      <CircleCheck size={22} className="text-ok" aria-hidden />
      <h2 className="text-title font-semibold">{isStoreDamaged ? 'Nothing was rejected' : 'All is well'}</h2>
      <p className="text-ink-soft wrap-anywhere">
        Everything that was sent to <b className="font-medium">{project}</b> since the server started was
        kept.
      </p>
    </div>
  );
}
