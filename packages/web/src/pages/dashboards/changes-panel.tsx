import { Link } from '@tanstack/react-router';
import { type Change, changesOf } from './changes.ts';
import { useDashboard } from './dashboard-context.ts';
import { drillDown } from './drill-down.ts';
import type { PanelQuery } from './panel.ts';
import { PanelFrame, PanelProblem, PanelSkeleton } from './panel-frame.tsx';
import { printDashboardView } from './url.ts';
import { useMetrics } from './use-metrics.ts';

const TRACES: PanelQuery = {
  of: 'traces',
  measures: ['count.sum', 'failed.sum', 'errorRate.ratio', 'durationMs.p95'],
};
const COSTS: PanelQuery = { measures: ['cost.sum'], by: ['choice'], limit: 100 };
const MODELS: PanelQuery = { measures: ['calls.sum'], by: ['model'], limit: 200, q: 'model:*' };
const ERRORS: PanelQuery = { measures: ['failed.sum'], by: ['error'], limit: 20, q: 'status:error' };

/** What happened in the range and what changed, in sentences that lead to what is behind them. */
export function ChangesPanel({
  title,
  className = '',
}: {
  readonly title: string;
  readonly className?: string;
}) {
  const { by } = useDashboard();
  const [traces, costs, models, errors] = [
    useMetrics(TRACES, { isCompared: true }),
    useMetrics(COSTS, { isCompared: true }),
    useMetrics(MODELS, { isCompared: true }),
    useMetrics(ERRORS, { isCompared: true }),
  ];
  const failed = [traces, costs, models, errors].find(({ error }) => error);
  const isComplete = traces.data && costs.data && models.data && errors.data;
  return (
    <PanelFrame title={title} className={className}>
      {isComplete ? (
        <ul className="flex flex-col text-read">
          {changesOf({
            traces: traces.data,
            costs: costs.data,
            models: models.data,
            errors: errors.data,
            by,
          }).map((change) => (
            <li key={change.id} className="border-t border-line/60 first:border-t-0">
              <ChangeLink change={change} />
            </li>
          ))}
        </ul>
      ) : failed ? (
        <PanelProblem error={failed.error} />
      ) : (
        <PanelSkeleton />
      )}
    </PanelFrame>
  );
}

function ChangeLink({ change: { subject, text, target } }: { readonly change: Change }) {
  const { project, view, fromMs, toMs } = useDashboard();
  const className = 'flex flex-wrap items-baseline gap-x-2 px-1 py-1.5 hover:bg-hover';
  const sentence = (
    <>
      <b className="font-semibold wrap-anywhere">{subject}</b>
      <span className="min-w-0 text-ink-soft wrap-anywhere">{text}.</span>
    </>
  );
  if (target.type === 'dashboard')
    return (
      <Link
        to="/dashboards/$name"
        params={{ name: target.name }}
        search={printDashboardView({ ...view, project, ...(target.by && { by: target.by }) })}
        className={className}
      >
        {sentence}
      </Link>
    );
  if (target.type === 'prices')
    return (
      <Link to="/prices" search={{ project }} className={className}>
        {sentence}
      </Link>
    );
  const { of, measure, by, row } = target;
  const { to, search } = drillDown({ of, project, filters: [view.q], fromMs, toMs, measure, by, row });
  return (
    <Link to={to} search={search} className={className}>
      {sentence}
    </Link>
  );
}
