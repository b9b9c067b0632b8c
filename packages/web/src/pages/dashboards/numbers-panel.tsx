import { Link } from '@tanstack/react-router';
import { describeMeasure, formatShortMeasure, parseMeasure } from '@throughline/spans';
import type { MetricsResult } from '../../api/types.ts';
import { showChange, showMeasure } from '../../format/measures.ts';
import { ABSENT, nameUnpriced } from '../../format/numbers.ts';
import { Value } from '../../ui/value.tsx';
import { useDashboard } from './dashboard-context.ts';
import { drillDown } from './drill-down.ts';
import { unpricedOf } from './lower-bound.ts';
import { type Panel, type PanelQuery, splitMeasure } from './panel.ts';
import { PanelFrame, PanelProblem, PanelSkeleton } from './panel-frame.tsx';
import { useMetrics } from './use-metrics.ts';

type NumbersPanelProps = Extract<Panel, { chart: 'numbers' }> & { readonly className?: string };

/** Totals of the range, each with its change. */
export function NumbersPanel({ title, describes, query, names, className }: NumbersPanelProps) {
  const { project } = useDashboard();
  const { data, error, isPlaceholderData } = useMetrics(query);
  return (
    <PanelFrame
      {...{ title, describes, className: className ?? '', result: data, isStale: isPlaceholderData }}
    >
      {error && !data ? (
        <PanelProblem error={error} />
      ) : (
        <>
          <dl className="flex flex-wrap gap-x-8 gap-y-3">
            {query.measures.map((measure, index) => (
              <Figure
                key={measure}
                {...{ query, measure, result: data, label: names?.[index] ?? labelOf(measure) }}
              />
            ))}
          </dl>
          {data && data.unpricedCalls > 0 && (
            <p className="mt-2 text-small text-ink-soft wrap-anywhere">
              ≥: {nameUnpriced(data)}.{' '}
              <Link to="/prices" search={{ project }} className="link underline">
                Set prices
              </Link>
            </p>
          )}
        </>
      )}
    </PanelFrame>
  );
}

/** The name of a measure in the catalogue. */
export function labelOf(text: string): string {
  const { measure, aggregation } = splitMeasure(text);
  const parsed = parseMeasure(measure);
  if (!parsed) return text;
  const { label, aggregations } = describeMeasure(parsed);
  return aggregation === aggregations[0] ? label : `${label} ${aggregation}`;
}

interface FigureProps {
  readonly query: PanelQuery;
  readonly measure: string;
  readonly label: string;
  readonly result: MetricsResult | undefined;
}

function Figure({ query, measure, label, result }: FigureProps) {
  const { project, view, fromMs, toMs } = useDashboard();
  const unit = result?.columns.find(({ name }) => name === measure)?.unit ?? null;
  const value = result?.totals[measure];
  const before = result?.previous?.totals[measure];
  const filters = [view.q, query.q ?? ''].filter(Boolean);
  const target = drillDown({ of: query.of ?? 'spans', project, filters, fromMs, toMs, measure, by: [] });
  return (
    <div className="flex min-w-20 flex-col">
      <dt className="text-small text-ink-faint">{label}</dt>
      <dd className="text-headline">
        {result ? (
          <Link to={target.to} search={target.search} className="underline-offset-4 hover:underline">
            <Value shown={shortFigure({ value, unit, measure, query, result })} />
          </Link>
        ) : (
          <PanelSkeleton className="inline-block h-5 w-16" />
        )}
      </dd>
      {result?.previous && <Change {...{ value, before, unit }} />}
    </div>
  );
}

/** Large counts are shortened: `421 M`. */
function shortFigure({
  value,
  unit,
  measure,
  query,
  result,
}: Pick<FigureProps, 'measure' | 'query'> & {
  readonly value: MetricsResult['totals'][string] | undefined;
  readonly unit: string | null;
  readonly result: MetricsResult;
}) {
  const unpriced = unpricedOf(measure, query, result.totals);
  const shown = showMeasure(value, unit, unpriced && { ...unpriced, unpricedModels: result.unpricedModels });
  return unit === 'count' && typeof value === 'number' && value >= 1e6
    ? { text: formatShortMeasure(value, unit), exact: shown.text }
    : shown;
}

/** The change since the previous period, with the value that it had. */
function Change({
  value,
  before,
  unit,
}: {
  value: unknown;
  before: MetricsResult['totals'][string] | undefined;
  unit: string | null;
}) {
  const change = showChange(value, before);
  if (change.text === ABSENT) return <dd className="text-small text-ink-faint">{ABSENT}</dd>;
  return (
    <dd className="text-small text-ink-soft" title={`Previous period: ${showMeasure(before, unit).text}`}>
      {change.text}
    </dd>
  );
}
