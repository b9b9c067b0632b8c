import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { RotateCw } from 'lucide-react';
import { metricSeriesQuery } from '../../api/queries.ts';
import { useKeys } from '../../frame/keys.tsx';
import { PageBar } from '../../frame/page-bar.tsx';
import { TimeRangePicker } from '../../frame/time-range-picker.tsx';
import { useProject } from '../../frame/use-project.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { useSearchRecord } from '../../url/search-params.ts';
import { boundsOf, labelOf, printTimeRange } from '../../url/time-range.ts';
import { groupSeries } from './series-groups.ts';
import { SeriesTable } from './series-table.tsx';
import { parseClientMetricsView, printClientMetricsView } from './url.ts';

/** Metrics that applications measured and sent. The figures of traces are computed from spans instead. */
export function ClientMetricsPage() {
  const { range } = parseClientMetricsView(useSearchRecord());
  const { project } = useProject();
  const navigate = useNavigate();
  const { data, error, isFetching, isPlaceholderData, refetch } = useQuery({
    ...metricSeriesQuery(project ?? '', JSON.stringify(printTimeRange(range)), () => {
      const { fromMs, toMs } = boundsOf(range, Date.now());
      return {
        from: new Date(fromMs).toISOString(),
        ...(range.kind === 'between' && { to: new Date(toMs).toISOString() }),
      };
    }),
    enabled: project !== undefined,
  });
  useTitle('Client metrics');
  const refresh = () => void refetch();
  useKeys('Client metrics', [{ keys: ['r'], label: 'Refresh', run: refresh }]);
  return (
    <>
      <PageBar
        controls={
          <>
            <TimeRangePicker
              range={range}
              onChange={(next) =>
                void navigate({
                  to: '/client-metrics',
                  search: printClientMetricsView({ ...(project !== undefined && { project }), range: next }),
                })
              }
            />
            <button type="button" className="control" onClick={refresh} disabled={isFetching}>
              <RotateCw size={13} aria-hidden /> Refresh
            </button>
          </>
        }
      >
        <h1 className="text-title font-semibold whitespace-nowrap">Client metrics</h1>
        <span className="hidden truncate text-small text-ink-faint sm:inline">
          OpenTelemetry metrics that your applications send
        </span>
      </PageBar>
      {error && !data ? (
        <ProblemView error={error} onRetry={refresh} />
      ) : !data ? null : data.series.length === 0 ? (
        <NoMetrics project={project ?? ''} range={labelOf(range)} />
      ) : (
        <div className={`flex flex-col gap-6 px-3 py-4 ${isPlaceholderData ? 'opacity-50' : ''}`}>
          {groupSeries(data.series).map((group) => (
            <SeriesTable key={`${group.name} ${group.unit} ${group.kind}`} group={group} />
          ))}
        </div>
      )}
    </>
  );
}

function NoMetrics({ project, range }: { project: string; range: string }) {
  return (
    <div className="mx-auto flex max-w-lg flex-col gap-2 px-4 py-16">
      <h2 className="text-title font-semibold">No client metrics in this range</h2>
      <p className="text-ink-soft wrap-anywhere">
        No application sent metrics for <b className="font-medium">{project}</b> in “{range}”. The tokens,
        costs and durations of traces do not depend on metrics: they are computed from spans.
      </p>
      <p className="text-ink-soft">
        To see metrics here, use an instrumentation that records OpenTelemetry's{' '}
        <code className="font-mono text-small">gen_ai.*</code> metrics and send them to{' '}
        <code className="font-mono text-small wrap-anywhere">{location.origin}/v1/metrics</code>.
      </p>
    </div>
  );
}
