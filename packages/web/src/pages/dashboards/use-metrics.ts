import { useQuery } from '@tanstack/react-query';
import { autoGrain, type Grain } from '@throughline/spans';
import { metricsQuery } from '../../api/queries.ts';
import { timeZoneName } from '../../format/time-zone.ts';
import { type DashboardState, useDashboard } from './dashboard-context.ts';
import { type PanelQuery, splitMeasure } from './panel.ts';

const DAY_MS = 86_400_000;

/** Ranges of three days and more are shown by day at least, because bills are. */
export function grainOf(rangeMs: number): Grain {
  const grain = autoGrain(rangeMs);
  return grain === '6hours' && rangeMs >= 3 * DAY_MS ? 'day' : grain;
}

/** The dimensions of a query, with the one that the reader chose. */
export function dimensionsOf(query: PanelQuery, { by }: Pick<DashboardState, 'by'>): readonly string[] {
  const names = (query.by ?? []).map((name) => (name === 'choice' ? by : name));
  return [...new Set(names)];
}

/** The filter of the page and of a panel together. */
export function joinedFilter(page: string, panel: string | undefined): string {
  return page && panel ? `(${page}) (${panel})` : page || panel || '';
}

/** Reads the result of a panel, with the times of the page. */
export function useMetrics(
  query: PanelQuery,
  {
    isOverTime = false,
    isCompared = false,
  }: {
    readonly isOverTime?: boolean;
    /** Whether the previous period is read even if the reader does not compare. */
    readonly isCompared?: boolean;
  } = {},
) {
  const dashboard = useDashboard();
  const { project, view, fromMs, toMs } = dashboard;
  const { of = 'spans', measures, limit } = query;
  const q = joinedFilter(view.q, query.q);
  return useQuery(
    metricsQuery(project, {
      of,
      measures: measures.map(splitMeasure),
      dimensions: [...dimensionsOf(query, dashboard)],
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      timeZone: timeZoneName(),
      order: 'desc',
      limit: limit ?? 10,
      ...(q !== '' && { q }),
      ...(isOverTime && { grain: grainOf(toMs - fromMs) }),
      ...((isCompared || view.compare) && { compare: 'previous' as const }),
    }),
  );
}
