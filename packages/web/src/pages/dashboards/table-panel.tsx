import { Link } from '@tanstack/react-router';
import { isAdditive, type QueryAggregation } from '@throughline/spans';
import type { MetricsResult, MetricsRow } from '../../api/types.ts';
import { showChange, showMeasure } from '../../format/measures.ts';
import { showShare } from '../../format/numbers.ts';
import { Value } from '../../ui/value.tsx';
import { useDashboard } from './dashboard-context.ts';
import { drillDown } from './drill-down.ts';
import { nameOfDimension, nameOfGroup, nameOfOthers } from './group-name.ts';
import { unpricedOf } from './lower-bound.ts';
import { labelOf } from './numbers-panel.tsx';
import { type Panel, type PanelQuery, splitMeasure } from './panel.ts';
import { PanelFrame, PanelNote, PanelProblem, PanelSkeleton } from './panel-frame.tsx';
import { dimensionsOf, useMetrics } from './use-metrics.ts';

type TablePanelProps = Extract<Panel, { chart: 'table' }> & { readonly className?: string };

/** The groups with all measures, highest first. Each row leads to what is behind it. */
export function TablePanel({ title, describes, query, names, width, className }: TablePanelProps) {
  const dashboard = useDashboard();
  const { data, error, isPlaceholderData } = useMetrics(query);
  const by = dimensionsOf(query, dashboard);
  const heading = title.endsWith(' by') ? `${title} ${by.map(nameOfDimension).join(' and ')}` : title;
  return (
    <PanelFrame
      {...{ title: heading, describes, className: className ?? '', result: data, isStale: isPlaceholderData }}
    >
      {error && !data ? (
        <PanelProblem error={error} />
      ) : !data ? (
        <PanelSkeleton />
      ) : data.groups.length === 0 ? (
        <PanelNote>Nothing in this range.</PanelNote>
      ) : (
        <GroupTable {...{ result: data, by, query, names, isWide: width === 12 }} />
      )}
    </PanelFrame>
  );
}

interface GroupTableProps {
  readonly result: MetricsResult;
  readonly by: readonly string[];
  readonly query: TablePanelProps['query'];
  readonly names: readonly string[] | undefined;
  /** Whether there is room for the share and the change. */
  readonly isWide: boolean;
}

function GroupTable({ result, by, query, names, isWide }: GroupTableProps) {
  const { measures } = query;
  const [first = ''] = measures;
  const keyOf = (row: MetricsRow) => JSON.stringify(by.map((name) => row[name]));
  const before = new Map(result.previous?.groups.map((row) => [keyOf(row), row]));
  const isSum = isAdditive(splitMeasure(first).aggregation as QueryAggregation);
  const whole = isSum ? Number(result.totals[first] ?? 0) : 0;
  const hasShare = isWide && whole > 0;
  const hasChange = result.previous !== null && (isWide || measures.length < 4);
  const most = Math.max(...result.groups.map((row) => Number(row[first] ?? 0)), 0);
  const rows = [
    ...result.groups.map((row) => ({
      key: keyOf(row),
      name: nameOfGroup(by, row),
      row,
      before: before.get(keyOf(row)),
      isGroup: true,
    })),
    ...(result.other
      ? [
          {
            key: 'other',
            name: nameOfOthers(result.other),
            row: result.other.total,
            before: result.previous?.other?.total,
            isGroup: false,
          },
        ]
      : []),
  ];
  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse text-left">
        <thead className="text-small text-ink-faint">
          <tr className="h-7">
            <th scope="col" className="pr-2 font-normal capitalize">
              {by.map(nameOfDimension).join(' · ')}
            </th>
            {measures.map((measure, index) => (
              <th key={measure} scope="col" className="px-2 text-right font-normal whitespace-nowrap">
                {names?.[index] ?? labelOf(measure)}
              </th>
            ))}
            {hasShare && (
              <th scope="col" className="px-2 text-right font-normal">
                Share
              </th>
            )}
            {hasChange && (
              <th scope="col" className="pl-2 text-right font-normal">
                Change
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, row, before: earlier, isGroup }) => (
            <tr key={key} className="border-t border-line/60 hover:bg-hover">
              <th scope="row" className="relative w-1/3 max-w-0 min-w-32 py-1 pr-2 font-normal">
                {isGroup && most > 0 && (
                  <span
                    aria-hidden
                    className="bar-fill"
                    style={{ width: `${(Number(row[first] ?? 0) / most) * 100}%` }}
                  />
                )}
                <span className="relative flex px-1">
                  {isGroup ? (
                    <GroupLink {...{ by, query, measure: first, row, name }} />
                  ) : (
                    <span className="text-ink-soft">{name}</span>
                  )}
                </span>
              </th>
              {measures.map((measure) => (
                <td key={measure} className="px-2 py-1 text-right">
                  <Value shown={shownValue(result, query, row, measure)} />
                </td>
              ))}
              {hasShare && (
                <td className="px-2 py-1 text-right text-ink-soft">
                  <Value shown={showShare(Number(row[first] ?? 0), whole)} />
                </td>
              )}
              {hasChange && (
                <td
                  className="py-1 pl-2 text-right whitespace-nowrap text-ink-soft"
                  title={`Previous period: ${shownValue(result, query, earlier ?? {}, first).text}`}
                >
                  {showChange(row[first], earlier?.[first]).text}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function shownValue({ columns }: MetricsResult, query: PanelQuery, row: MetricsRow, measure: string) {
  const unit = columns.find(({ name }) => name === measure)?.unit ?? null;
  return showMeasure(row[measure], unit, unpricedOf(measure, query, row));
}

interface GroupLinkProps {
  readonly by: readonly string[];
  readonly query: TablePanelProps['query'];
  readonly measure: string;
  readonly row: MetricsRow;
  readonly name: string;
}

function GroupLink({ by, query, measure, row, name }: GroupLinkProps) {
  const { project, view, fromMs, toMs } = useDashboard();
  const filters = [view.q, query.q ?? ''].filter(Boolean);
  const target = drillDown({ of: query.of ?? 'spans', project, filters, fromMs, toMs, measure, by, row });
  return (
    <Link
      to={target.to}
      search={target.search}
      title={name}
      className="min-w-0 truncate hover:text-accent hover:underline"
    >
      {name}
    </Link>
  );
}
