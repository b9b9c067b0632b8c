import { useQuery } from '@tanstack/react-query';
import { tracesSummaryQuery } from '../../api/queries.ts';
import { VolumeChart } from '../../charts/volume-chart.tsx';
import { ProblemView } from '../../ui/problem-view.tsx';
import type { ListOfUser } from './list-of-user.ts';

const BUCKETS = 90;

interface ActivityProps extends ListOfUser {
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

/** Traces, durations and cost of the user over time. */
export function Activity({ project, q, bounds, onZoom }: ActivityProps) {
  const { data, error, refetch } = useQuery(
    tracesSummaryQuery(JSON.stringify([project, q, bounds]), () => ({ project, q, ...bounds }), BUCKETS),
  );
  return (
    <section aria-label="Activity" className="border-b border-line px-3 py-2">
      {error && !data ? (
        <ProblemView error={error} onRetry={() => void refetch()} />
      ) : (
        <div className="h-24">
          {data ? (
            <VolumeChart summary={data} onZoom={onZoom} />
          ) : (
            <div className="skeleton appear-late h-full" />
          )}
        </div>
      )}
    </section>
  );
}
