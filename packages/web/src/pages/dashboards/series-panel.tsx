import { useNavigate } from '@tanstack/react-router';
import { formatMeasure, formatShortMeasure, isAdditive, type QueryAggregation } from '@throughline/spans';
import { type ReactNode, useMemo } from 'react';
import type { MetricsResult, MetricsRow } from '../../api/types.ts';
import { backgroundOf, MAX_SERIES } from '../../charts/series-colors.ts';
import { type Series, TimeSeries } from '../../charts/time-series.tsx';
import { showMeasure } from '../../format/measures.ts';
import { showShare } from '../../format/numbers.ts';
import { parseTimestamp } from '../../format/timestamp.ts';
import { useDashboard } from './dashboard-context.ts';
import { drillDown } from './drill-down.ts';
import { nameOfDimension, nameOfGroup, nameOfOthers } from './group-name.ts';
import { unpricedOf } from './lower-bound.ts';
import { labelOf } from './numbers-panel.tsx';
import { type Panel, splitMeasure } from './panel.ts';
import { PanelFrame, PanelNote, PanelProblem, PanelSkeleton } from './panel-frame.tsx';
import { dimensionsOf, useMetrics } from './use-metrics.ts';

type SeriesPanelProps = Extract<Panel, { chart: 'bars' | 'lines' }> & { readonly className?: string };

/** A measure over time, by group or by aggregation, with a legend that has the totals. */
export function SeriesPanel({ title, describes, chart, query, names, className }: SeriesPanelProps) {
  const dashboard = useDashboard();
  const { project, view, fromMs, toMs, show } = dashboard;
  const navigate = useNavigate();
  const { data, error, isPlaceholderData } = useMetrics(query, { isOverTime: true });
  const by = dimensionsOf(query, dashboard);
  const measure = query.measures[0] ?? '';
  const unit = data?.columns.find(({ name }) => name === measure)?.unit ?? null;
  const groups = useMemo(() => (data ? seriesOf(data, { by, query, names }) : []), [data, by, query, names]);
  const series = groups.map(({ series: one }) => one);
  const times = useMemo(() => (data?.times ?? []).map(msOf), [data]);
  // The last step can end after the range. Bars of equal width need an axis of whole steps.
  const axisEndMs = times.length > 1 ? (times.at(-1) ?? 0) + (times[1] ?? 0) - (times[0] ?? 0) : toMs;
  const previous = useMemo(
    () => (data ? previousOf(data, measure, series.length) : undefined),
    [data, measure, series.length],
  );
  const open = (row: MetricsRow | undefined, from: number, to: number) => {
    const filters = [view.q, query.q ?? ''].filter(Boolean);
    const target = drillDown({
      of: query.of ?? 'spans',
      project,
      filters,
      fromMs: from,
      toMs: to,
      measure,
      by,
      row,
    });
    void navigate({ to: target.to, search: target.search });
  };
  const heading = by.length > 0 ? `${title} by ${by.map(nameOfDimension).join(' and ')}` : title;
  const isEmpty = data && series.every(({ values }) => values.every((value) => value === null));
  return (
    <PanelFrame
      {...{ title: heading, describes, className: className ?? '', result: data, isStale: isPlaceholderData }}
    >
      {error && !data ? (
        <PanelProblem error={error} />
      ) : !data ? (
        <PanelSkeleton className="h-52" />
      ) : isEmpty ? (
        <PanelNote>Nothing in this range has a value.</PanelNote>
      ) : (
        <>
          <div className="flex h-52 shrink-0 flex-col">
            <TimeSeries
              label={heading}
              times={times}
              endMs={axisEndMs}
              series={series}
              kind={chart}
              previous={previous}
              format={(value) => formatMeasure(value, unit ?? 'none')}
              formatAxis={(value) => formatShortMeasure(value, unit ?? 'none')}
              onPick={(step, picked) => {
                const group = groups.find(({ series: one }) => one.key === picked?.key);
                open(group?.row, Math.max(fromMs, times[step] ?? fromMs), times[step + 1] ?? toMs);
              }}
              onZoom={(from, to) =>
                show({ range: { kind: 'between', fromMs: Math.max(from, fromMs), toMs: Math.min(to, toMs) } })
              }
            />
          </div>
          <Legend>
            {groups.map(({ series: one, row, measure: shown, totals }) => (
              <LegendEntry
                key={one.key}
                series={one}
                text={showMeasure(totals[shown], unit, unpricedOf(shown, query, totals)).text}
                share={
                  isSum(measure) && by.length > 0
                    ? showShare(Number(totals[shown] ?? 0), Number(data.totals[measure] ?? 0)).text
                    : undefined
                }
                onOpen={() => open(row, fromMs, toMs)}
              />
            ))}
            {previous && (
              <li className="flex items-center gap-1.5 py-0.5 text-ink-faint">
                <span aria-hidden className="w-4 border-t border-dashed border-ink-soft" /> previous period
              </li>
            )}
          </Legend>
        </>
      )}
    </PanelFrame>
  );
}

function Legend({ children }: { readonly children: ReactNode }) {
  return <ul className="mt-2 flex flex-wrap gap-x-4 gap-y-0.5 text-small">{children}</ul>;
}

interface LegendEntryProps {
  readonly series: Series;
  readonly text: string;
  readonly share: string | undefined;
  readonly onOpen: () => void;
}

function LegendEntry({ series, text, share, onOpen }: LegendEntryProps) {
  return (
    <li className="flex max-w-full min-w-0">
      <button
        type="button"
        className="flex min-w-0 items-center gap-1.5 rounded-control py-0.5 hover:text-accent"
        title={`Show what is behind ${series.name}`}
        onClick={onOpen}
      >
        <span aria-hidden className={`size-2 shrink-0 rounded-xs ${backgroundOf(series.rank)}`} />
        <span className="max-w-72 min-w-0 truncate">{series.name}</span>
        <span className="whitespace-nowrap text-ink-soft tabular-nums">
          {text}
          {share && <span className="text-ink-faint"> {share}</span>}
        </span>
      </button>
    </li>
  );
}

interface GroupSeries {
  readonly series: Series;
  readonly measure: string;
  /** The group over the whole range. Undefined for all other groups together, and without a dimension. */
  readonly row: MetricsRow | undefined;
  /** The values over the whole range. */
  readonly totals: MetricsRow;
}

interface SeriesOptions {
  readonly by: readonly string[];
  readonly query: { readonly measures: readonly string[] };
  readonly names: readonly string[] | undefined;
}

/** One series for each group, then one for all others. Without a dimension, one for each measure. */
function seriesOf(result: MetricsResult, { by, query, names }: SeriesOptions): GroupSeries[] {
  const [measure = ''] = query.measures;
  const positions = new Map(result.times.map((time, index) => [time, index]));
  const valuesOf = (rows: readonly MetricsRow[], name: string) => {
    const values: (number | null)[] = result.times.map(() => null);
    for (const row of rows) {
      const position = positions.get(String(row.time));
      const value = row[name];
      if (position !== undefined && typeof value === 'number') values[position] = value;
    }
    return values;
  };
  if (by.length === 0)
    return query.measures.map((name, index) => ({
      series: {
        key: name,
        name: names?.[index] ?? labelOf(name),
        rank: index,
        values: valuesOf(result.rows, name),
      },
      row: undefined,
      measure: name,
      totals: result.totals,
    }));
  const keyOf = (row: MetricsRow) => JSON.stringify(by.map((name) => row[name]));
  const rowsOf = Map.groupBy(result.rows, keyOf);
  const groups = result.groups.map(
    (row, index): GroupSeries => ({
      series: {
        key: keyOf(row),
        name: nameOfGroup(by, row),
        rank: index < MAX_SERIES ? index : 'other',
        values: valuesOf(rowsOf.get(keyOf(row)) ?? [], measure),
      },
      row,
      measure,
      totals: row,
    }),
  );
  const { other } = result;
  // Averages of all others together would suggest a group that does not exist.
  if (!other || !isSum(measure)) return groups;
  const rest: Series = {
    key: 'other',
    name: nameOfOthers(other),
    rank: 'other',
    values: valuesOf(other.rows, measure),
  };
  return [...groups, { series: rest, row: undefined, measure, totals: other.total }];
}

function isSum(measure: string): boolean {
  return isAdditive(splitMeasure(measure).aggregation as QueryAggregation);
}

/** The values of the previous period: the sum of all groups, or the only line. Other lines are not compared. */
function previousOf(
  { previous, times }: MetricsResult,
  measure: string,
  lines: number,
): (number | null)[] | undefined {
  if (!previous || (!isSum(measure) && lines !== 1)) return undefined;
  const positions = new Map(previous.times.map((time, index) => [time, index]));
  const values: (number | null)[] = times.map(() => null);
  for (const row of [...previous.rows, ...(previous.other?.rows ?? [])]) {
    const position = positions.get(String(row.time));
    const value = row[measure];
    if (position === undefined || position >= values.length || typeof value !== 'number') continue;
    values[position] = (values[position] ?? 0) + value;
  }
  return values.every((value) => value === null) ? undefined : values;
}

function msOf(time: string): number {
  return parseTimestamp(time)?.epochMs ?? 0;
}
