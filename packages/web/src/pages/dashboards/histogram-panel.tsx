import { useNavigate } from '@tanstack/react-router';
import { BIN_BOUNDS, endOfBin, formatMeasure, formatShortMeasure, printFilter } from '@throughline/spans';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { MetricsResult } from '../../api/types.ts';
import { roundUp } from '../../charts/stacked-steps.ts';
import { useSize } from '../../ui/use-size.ts';
import { useDashboard } from './dashboard-context.ts';
import { drillDown, rangeCondition } from './drill-down.ts';
import { nameOfOrdinal } from './group-name.ts';
import type { Panel } from './panel.ts';
import { PanelFrame, PanelNote, PanelProblem, PanelSkeleton } from './panel-frame.tsx';
import { useMetrics } from './use-metrics.ts';

type HistogramPanelProps = Extract<Panel, { chart: 'histogram' }> & { readonly className?: string };

interface Bin {
  readonly low: number;
  readonly high: number;
  readonly name: string;
  readonly value: number;
}

/** One bar for each range of a number, or for each hour of the day. */
export function HistogramPanel({ title, describes, query, className }: HistogramPanelProps) {
  const { project, view, fromMs, toMs } = useDashboard();
  const navigate = useNavigate();
  const { data, error, isPlaceholderData } = useMetrics(query);
  const [measure = ''] = query.measures;
  const name = query.by?.[0] ?? '';
  const bins = data ? binsOf(data, name, measure) : [];
  const missing = data?.rows.find((row) => row[columnOf(data)] === null)?.[measure];
  const open = ({ low, high }: Bin) => {
    const condition = rangeCondition(name, low, high).map(printFilter).join(' ');
    const filters = [view.q, query.q ?? '', condition].filter(Boolean);
    const target = drillDown({
      of: query.of ?? 'spans',
      project,
      filters,
      fromMs,
      toMs,
      measure: `${name === 'cost' ? 'cost' : 'durationMs'}.max`,
      by: [],
    });
    void navigate({ to: target.to, search: target.search });
  };
  return (
    <PanelFrame
      {...{ title, describes, className: className ?? '', result: data, isStale: isPlaceholderData }}
    >
      {error && !data ? (
        <PanelProblem error={error} />
      ) : !data ? (
        <PanelSkeleton className="h-52" />
      ) : bins.length === 0 ? (
        <PanelNote>Nothing in this range has a value.</PanelNote>
      ) : (
        <>
          <Bars
            label={title}
            bins={bins}
            unit={data.columns.find((column) => column.name === measure)?.unit ?? null}
            onOpen={open}
          />
          {typeof missing === 'number' && missing > 0 && (
            <p className="mt-1 text-small text-ink-faint">
              {formatMeasure(missing, 'count')} without a value are not shown.
            </p>
          )}
        </>
      )}
    </PanelFrame>
  );
}

/** The name of the dimension in the result, which can differ from that of the panel: `latency`, `durationMs`. */
function columnOf({ columns }: MetricsResult): string {
  return columns.find(({ type, name }) => type === 'number' && !name.includes('.'))?.name ?? '';
}

/** All bins from the lowest to the highest that has data, also the empty ones between them. */
function binsOf(result: MetricsResult, name: string, measure: string): Bin[] {
  const column = columnOf(result);
  const unit = result.columns.find((each) => each.name === column)?.unit ?? null;
  const values = new Map(
    result.rows.flatMap((row) =>
      typeof row[column] === 'number' ? [[row[column], Number(row[measure] ?? 0)] as const] : [],
    ),
  );
  if (values.size === 0) return [];
  const [lowest, highest] = [Math.min(...values.keys()), Math.max(...values.keys())];
  const bounds =
    name === 'hourOfDay'
      ? Array.from({ length: 24 }, (_, hour) => hour)
      : name === 'dayOfWeek'
        ? [1, 2, 3, 4, 5, 6, 7]
        : [
            ...(values.has(0) ? [0] : []),
            ...BIN_BOUNDS.filter(
              (bound) =>
                bound >= (lowest || Math.min(...[...values.keys()].filter(Boolean), highest)) &&
                bound <= highest,
            ),
          ];
  return bounds.map((low) => {
    const high = name === 'hourOfDay' || name === 'dayOfWeek' ? low : endOfBin(low);
    return { low, high, name: nameOfOrdinal(name, low, unit), value: values.get(low) ?? 0 };
  });
}

/** Width of a label below the bars, in pixels. */
const LABEL_WIDTH = 64;

function Bars({
  label,
  bins,
  unit,
  onOpen,
}: {
  label: string;
  bins: readonly Bin[];
  unit: string | null;
  onOpen: (bin: Bin) => void;
}) {
  const axis = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<number | null>(null);
  const top = roundUp(Math.max(...bins.map(({ value }) => value)));
  const { width } = useSize(axis);
  const every = Math.ceil((bins.length * LABEL_WIDTH) / Math.max(width, LABEL_WIDTH));
  const shown = active === null ? undefined : bins[active];
  const press = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step !== undefined)
      setActive(Math.max(0, Math.min(bins.length - 1, (active ?? (step > 0 ? -1 : bins.length)) + step)));
    else if (event.key === 'Enter' && shown) onOpen(shown);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <figure className="relative m-0 flex h-52 flex-col">
      <div className="flex min-h-0 flex-1">
        <div aria-hidden className="relative w-14 shrink-0 text-tiny text-ink-faint">
          {[1, 0.5, 0].map((share) => (
            <span
              key={share}
              className="absolute right-1.5 -translate-y-1/2"
              style={{ top: `${(1 - share) * 100}%` }}
            >
              {share === 0 ? '0' : formatShortMeasure(top * share, unit ?? 'none')}
            </span>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: a group of bars that the arrow keys walk through */}
        <div
          role="group"
          aria-label={`${label}. Arrow keys choose a bar, Enter opens it.`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard chooses a bar here
          tabIndex={0}
          className="relative flex min-w-0 flex-1 items-end border-b border-line"
          onKeyDown={press}
          onBlur={() => setActive(null)}
          onPointerLeave={() => setActive(null)}
        >
          {bins.map((bin, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the group around the bars handles the keys
            // biome-ignore lint/a11y/noStaticElementInteractions: as above
            <div
              key={bin.low}
              className={`flex h-full min-w-0 flex-1 cursor-pointer items-end px-px ${index === active ? 'bg-accent-wash' : ''}`}
              onPointerEnter={() => setActive(index)}
              onClick={() => onOpen(bin)}
            >
              <div
                className="w-full bg-series-1"
                style={{ height: bin.value > 0 ? `max(1px, ${(bin.value / top) * 100}%)` : 0 }}
              />
            </div>
          ))}
        </div>
      </div>
      <div ref={axis} aria-hidden className="ml-14 flex h-4 text-tiny text-ink-faint">
        {bins.map(({ low, name }, index) => (
          <span key={low} className="min-w-0 flex-1 overflow-visible whitespace-nowrap">
            {index % every === 0 ? name : ''}
          </span>
        ))}
      </div>
      {shown && (
        <figcaption
          aria-live="polite"
          className="float pointer-events-none absolute top-full left-0 z-40 mt-1 px-2 py-1 text-small"
        >
          {shown.high > shown.low && Number.isFinite(shown.high) && shown.low > 0
            ? `from ${shown.name}`
            : shown.name}{' '}
          · {formatMeasure(shown.value, unit ?? 'none')}
        </figcaption>
      )}
    </figure>
  );
}
