import { ProblemView } from '../../ui/problem-view.tsx';
import { EmptyDashboard } from './empty-dashboard.tsx';
import type { Dashboard, PanelQuery } from './panel.ts';
import { PanelView } from './panel-view.tsx';
import { useMetrics } from './use-metrics.ts';

const COUNT: PanelQuery = { measures: ['count.sum'] };

/** The panels, or what is wrong with all of them: a filter that is not valid, or nothing in the range. */
export function PanelGrid({ dashboard }: { readonly dashboard: Dashboard }) {
  const { data, error, refetch } = useMetrics(COUNT);
  if (error) return <ProblemView error={error} onRetry={() => void refetch()} />;
  if (data?.totals['count.sum'] === 0) return <EmptyDashboard dashboard={dashboard} />;
  return (
    <div className="grid grid-cols-1 gap-x-6 gap-y-7 px-3 py-4 lg:grid-cols-12">
      {dashboard.panels.map((panel) => (
        <PanelView key={panel.id} panel={panel} />
      ))}
    </div>
  );
}
