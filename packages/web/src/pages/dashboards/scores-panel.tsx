import { useQuery } from '@tanstack/react-query';
import { answerOf, api } from '../../api/client.ts';
import { CostQualityPanel } from './cost-quality-panel.tsx';
import { useDashboard } from './dashboard-context.ts';
import { PanelFrame, PanelNote, PanelProblem, PanelSkeleton } from './panel-frame.tsx';
import { SeriesPanel } from './series-panel.tsx';
import { TablePanel } from './table-panel.tsx';

/** Number of the latest scores among which names are looked for. */
const LATEST = 500;
const MOST_NAMES = 8;

/** The names of the latest numeric and boolean scores of the range, most frequent first. */
function useScoreNames() {
  const { project, fromMs, toMs } = useDashboard();
  return useQuery({
    queryKey: ['score-names', project, fromMs, toMs],
    queryFn: async ({ signal }) => {
      const query = {
        project,
        limit: LATEST,
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
      };
      const { scores } = await answerOf(api.GET('/api/v1/scores', { params: { query }, signal }));
      const names = Map.groupBy(scores, ({ name }) => name);
      return [...names]
        .toSorted(([, a], [, b]) => b.length - a.length)
        .slice(0, MOST_NAMES)
        .map(([name, some]) => ({
          name,
          isNumber: some.some(({ value }) => typeof value === 'number'),
          hasAverage: some.some(({ value }) => typeof value !== 'string'),
        }));
    },
    staleTime: 60_000,
  });
}

/** Each score over time by the chosen dimension, and its average for each value of that dimension. */
export function ScoresPanel({
  title,
  className = '',
}: {
  readonly title: string;
  readonly className?: string;
}) {
  const { data, error } = useScoreNames();
  if (!data || data.length === 0)
    return (
      <PanelFrame title={title} className={className}>
        {error ? (
          <PanelProblem error={error} />
        ) : data ? (
          <PanelNote>
            No scores were created in this range. Evaluators and people send them to /api/v1/scores, and GenAI
            evaluation events become scores as well.
          </PanelNote>
        ) : (
          <PanelSkeleton />
        )}
      </PanelFrame>
    );
  const averaged = data.filter(({ hasAverage }) => hasAverage).map(({ name }) => name);
  return (
    <div className={`grid grid-cols-1 gap-x-6 gap-y-6 lg:grid-cols-2 ${className}`}>
      {averaged.length > 0 && <CostQualityPanel names={averaged} className="lg:col-span-2" />}
      {data.map(({ name, isNumber }) => {
        const measure = `score.${name}.${isNumber ? 'avg' : 'passRate'}`;
        return [
          <SeriesPanel
            key={`${name} series`}
            id={`${name}-series`}
            title={`${name} over time`}
            width={6}
            chart="lines"
            query={{ of: 'traces', measures: [measure], by: ['choice'], limit: 6 }}
          />,
          <TablePanel
            key={`${name} table`}
            id={`${name}-table`}
            title={`${name} by`}
            width={6}
            chart="table"
            query={{
              of: 'traces',
              measures: [measure, `score.${name}.count`, 'cost.avg'],
              by: ['choice'],
              limit: 8,
            }}
            names={[isNumber ? 'Average' : 'Pass rate', 'Scores', 'Cost per trace']}
          />,
        ];
      })}
    </div>
  );
}
