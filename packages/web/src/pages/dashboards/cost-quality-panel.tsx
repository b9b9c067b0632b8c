import { Link } from '@tanstack/react-router';
import { formatMeasure } from '@throughline/spans';
import { roundUp } from '../../charts/stacked-steps.ts';
import { showMeasure } from '../../format/measures.ts';
import { ABSENT, countOf } from '../../format/numbers.ts';
import { Value } from '../../ui/value.tsx';
import { type CostQuality, costQualityMeasures, rankCostQuality } from './cost-quality.ts';
import { useDashboard } from './dashboard-context.ts';
import { drillDown } from './drill-down.ts';
import { nameOfDimension, nameOfGroup } from './group-name.ts';
import { unpricedOf } from './lower-bound.ts';
import { PanelFrame, PanelNote, PanelProblem, PanelSkeleton } from './panel-frame.tsx';
import { useMetrics } from './use-metrics.ts';

interface CostQualityPanelProps {
  /** Names of the scores that have an average, most frequent first. */
  readonly names: readonly string[];
  readonly className?: string;
}

const MOST_GROUPS = 50;
const QUERY = { of: 'traces', by: ['choice'], limit: MOST_GROUPS } as const;

/** What a trace costs and how good it is, by the chosen dimension: a chart and a table, worst first. */
export function CostQualityPanel({ names, className = '' }: CostQualityPanelProps) {
  const { by, view, show } = useDashboard();
  const name = view.score !== undefined && names.includes(view.score) ? view.score : (names[0] ?? '');
  const { data, error, isPlaceholderData } = useMetrics({ ...QUERY, measures: costQualityMeasures(name) });
  const ranked = data ? rankCostQuality(data.groups, name) : [];
  const title = `Cost and quality by ${nameOfDimension(by)}`;
  return (
    <PanelFrame
      title={title}
      describes="Cost per point is the cost of a trace divided by its average score. The order takes the confidence interval into account."
      className={className}
      result={data}
      isStale={isPlaceholderData}
      aside={
        <select
          className="field h-6 max-w-48 text-small"
          aria-label="Score"
          value={name}
          onChange={(event) => show({ score: event.target.value })}
        >
          {names.map((each) => (
            <option key={each}>{each}</option>
          ))}
        </select>
      }
    >
      {error && !data ? (
        <PanelProblem error={error} />
      ) : !data ? (
        <PanelSkeleton />
      ) : ranked.length === 0 ? (
        <PanelNote>No traces in this range have both a cost and this score.</PanelNote>
      ) : (
        <div className="grid grid-cols-1 gap-6 xl:grid-cols-2">
          <Scatter ranked={ranked} by={by} name={name} />
          <QualityTable ranked={ranked} by={by} name={name} />
        </div>
      )}
    </PanelFrame>
  );
}

interface RankedProps {
  readonly ranked: readonly CostQuality[];
  readonly by: string;
  readonly name: string;
}

function useTarget(by: string) {
  const { project, view, fromMs, toMs } = useDashboard();
  return ({ row }: CostQuality) =>
    drillDown({ of: 'traces', project, filters: [view.q], fromMs, toMs, measure: 'cost.avg', by: [by], row });
}

/** Scores upwards, costs to the right: the best groups are at the top left. */
function Scatter({ ranked, by, name }: RankedProps) {
  const targetOf = useTarget(by);
  const most = roundUp(Math.max(...ranked.map(({ costPerTrace }) => costPerTrace)));
  const [bottom, top] = [
    Math.min(0, ...ranked.map(({ low }) => low)),
    roundUp(Math.max(...ranked.map(({ high }) => high))),
  ];
  const yOf = (score: number) => ((score - bottom) / (top - bottom)) * 100;
  return (
    <figure className="m-0 flex h-72 min-w-0 flex-col">
      <div className="flex min-h-0 flex-1">
        <div aria-hidden className="relative w-14 shrink-0 text-tiny text-ink-faint">
          {[bottom, (bottom + top) / 2, top].map((score) => (
            <span
              key={score}
              className="absolute right-1.5 translate-y-1/2"
              style={{ bottom: `${yOf(score)}%` }}
            >
              {formatMeasure(score, 'none')}
            </span>
          ))}
        </div>
        <div className="relative min-w-0 flex-1 border-b border-l border-line">
          {ranked.map((each) => {
            const group = nameOfGroup([by], each.row);
            const { to, search } = targetOf(each);
            const text = `${group}: ${name} ${formatMeasure(each.score, 'none')} (${formatMeasure(each.low, 'none')} to ${formatMeasure(each.high, 'none')}), ${formatMeasure(each.costPerTrace, 'usd')} per trace, ${countOf(each.scores, 'score')}`;
            return (
              <div key={group} className="contents">
                <span
                  aria-hidden
                  className="absolute w-px bg-line-strong"
                  style={{
                    left: `${(each.costPerTrace / most) * 100}%`,
                    bottom: `${yOf(each.low)}%`,
                    height: `${Math.max(0, yOf(each.high) - yOf(each.low))}%`,
                  }}
                />
                <Link
                  to={to}
                  search={search}
                  title={text}
                  aria-label={text}
                  className="absolute size-3 -translate-x-1/2 translate-y-1/2 rounded-full bg-series-1 hover:bg-accent"
                  style={{ left: `${(each.costPerTrace / most) * 100}%`, bottom: `${yOf(each.score)}%` }}
                />
              </div>
            );
          })}
        </div>
      </div>
      <div aria-hidden className="relative ml-14 h-4 text-tiny text-ink-faint">
        {[0, 0.5, 1].map((share) => (
          <span
            key={share}
            className="absolute whitespace-nowrap"
            style={share === 1 ? { right: 0 } : { left: `${share * 100}%` }}
          >
            {share === 0 ? '$0' : formatMeasure(most * share, 'usd')}
          </span>
        ))}
      </div>
      <figcaption className="ml-14 text-small text-ink-faint">
        {name} by cost per trace. Lines are 95 % confidence intervals.
      </figcaption>
    </figure>
  );
}

function QualityTable({ ranked, by, name }: RankedProps) {
  const targetOf = useTarget(by);
  return (
    <div className="overflow-x-auto">
      <table className="w-full border-collapse text-left">
        <thead className="text-small text-ink-faint">
          <tr className="h-7">
            <th scope="col" className="pr-2 font-normal capitalize">
              {nameOfDimension(by)}
            </th>
            {['Cost per point', 'Per trace', name, '95 % interval', 'Scores', 'Cost'].map((title) => (
              <th
                key={title}
                scope="col"
                className="max-w-32 truncate px-2 text-right font-normal whitespace-nowrap"
              >
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ranked.map((each) => {
            const { to, search } = targetOf(each);
            const group = nameOfGroup([by], each.row);
            const unpriced = unpricedOf('cost.avg', QUERY, each.row);
            return (
              <tr key={group} className="border-t border-line/60 hover:bg-hover">
                <th scope="row" className="w-1/4 max-w-0 min-w-28 truncate py-1 pr-2 font-normal">
                  <Link to={to} search={search} title={group} className="hover:text-accent hover:underline">
                    {group}
                  </Link>
                </th>
                <td className="px-2 text-right">
                  {each.costPerPoint === null ? (
                    ABSENT
                  ) : (
                    <Value shown={showMeasure(each.costPerPoint, 'usd', unpriced)} />
                  )}
                </td>
                <td className="px-2 text-right">
                  <Value shown={showMeasure(each.costPerTrace, 'usd', unpriced)} />
                </td>
                <td className="px-2 text-right">
                  <Value shown={showMeasure(each.score, 'none')} />
                </td>
                <td className="px-2 text-right whitespace-nowrap text-ink-soft">
                  {formatMeasure(each.low, 'none')} – {formatMeasure(each.high, 'none')}
                </td>
                <td className="px-2 text-right">
                  <Value shown={showMeasure(each.scores, 'count')} />
                </td>
                <td className="pl-2 text-right">
                  <Value shown={showMeasure(each.row['cost.sum'], 'usd', unpriced)} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
