import { type KeyboardEvent, memo, type PointerEvent, useMemo, useRef, useState } from 'react';
import { formatInstant } from '../format/timestamp.ts';
import { useHoverTime } from './hover-time.ts';
import { backgroundOf, fillOf, type SeriesRank, strokeOf } from './series-colors.ts';
import { highest, lineSegments, roundUp, stackSteps } from './stacked-steps.ts';
import { TimeAxis } from './time-axis.tsx';

export interface Series {
  readonly key: string;
  readonly name: string;
  readonly rank: SeriesRank;
  readonly values: readonly (number | null)[];
}

interface TimeSeriesProps {
  /** What the chart shows, for screen readers. */
  readonly label: string;
  /** Starts of the steps in milliseconds since 1970, and the end of the last one. */
  readonly times: readonly number[];
  readonly endMs: number;
  readonly series: readonly Series[];
  /** `bars` are stacked. */
  readonly kind: 'bars' | 'lines';
  /** One value for each step of the previous period, drawn as a dashed line. */
  readonly previous?: readonly (number | null)[] | undefined;
  readonly format: (value: number) => string;
  /** Values beside the axis, which have little room. */
  readonly formatAxis: (value: number) => string;
  /** Opens what is behind a step, or behind one series of it. */
  readonly onPick: (step: number, series?: Series) => void;
  /** Changes the range of the page. */
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

/** Maximum number of values in the tooltip. */
const MOST_SHOWN = 10;

/**
 * Values over time, as stacked bars or as lines. A click opens what is behind a bar, dragging zooms in. With the keyboard,
 * arrow keys choose a step and a series, Enter opens it, and Shift with Enter zooms in.
 */
export function TimeSeries(props: TimeSeriesProps) {
  const { label, times, endMs, series, kind, previous, format, formatAxis, onPick, onZoom } = props;
  const [hoverMs, setHoverMs] = useHoverTime();
  const [dragFrom, setDragFrom] = useState<number | null>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const steps = times.length;
  const top = useMemo(
    () =>
      roundUp(
        Math.max(
          highest(series, steps, kind === 'bars'),
          previous ? highest([{ values: previous }], steps, false) : 0,
        ),
      ),
    [series, steps, kind, previous],
  );
  const endOf = (step: number) => times[step + 1] ?? endMs;
  const hovered =
    hoverMs === null || hoverMs < (times[0] ?? 0) || hoverMs >= endMs
      ? null
      : times.findLastIndex((ms) => ms <= hoverMs);
  const stepAt = (event: PointerEvent) => {
    const { left, width } = (box.current as HTMLDivElement).getBoundingClientRect();
    return Math.max(0, Math.min(steps - 1, Math.floor(((event.clientX - left) / width) * steps)));
  };
  const seriesAt = (event: PointerEvent, step: number): Series | undefined => {
    const { top: y, height } = (box.current as HTMLDivElement).getBoundingClientRect();
    const value = (1 - (event.clientY - y) / height) * top;
    if (kind === 'bars')
      return series[stackSteps(series, steps)[step]?.find((part) => value <= part.to)?.series ?? -1];
    return series.toSorted(
      (a, b) =>
        Math.abs((a.values[step] ?? Infinity) - value) - Math.abs((b.values[step] ?? Infinity) - value),
    )[0];
  };
  const mark = (step: number) => setHoverMs(times[step] ?? null);
  const finish = (event: PointerEvent) => {
    if (dragFrom === null) return;
    const step = stepAt(event);
    setDragFrom(null);
    if (step === dragFrom) onPick(step, seriesAt(event, step));
    else onZoom(times[Math.min(step, dragFrom)] ?? 0, endOf(Math.max(step, dragFrom)));
  };
  const press = (event: KeyboardEvent) => {
    const at = hovered ?? steps - 1;
    const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const upwards = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (sideways !== undefined) mark(Math.max(0, Math.min(steps - 1, hovered === null ? at : at + sideways)));
    else if (upwards !== undefined && series.length > 0)
      setChosen(
        ((((chosen ?? (upwards > 0 ? -1 : 0)) + upwards) % series.length) + series.length) % series.length,
      );
    else if (event.key === 'Enter' && hovered !== null) {
      if (event.shiftKey) onZoom(times[hovered] ?? 0, endOf(hovered));
      else onPick(hovered, chosen === null ? undefined : series[chosen]);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const marked =
    hovered === null
      ? null
      : dragFrom === null
        ? [hovered, hovered]
        : [Math.min(dragFrom, hovered), Math.max(dragFrom, hovered)];
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div className="flex min-h-0 flex-1">
        <div aria-hidden className="relative w-14 shrink-0 text-tiny text-ink-faint tabular-nums">
          {[1, 0.5, 0].map((share) => (
            <span
              key={share}
              className="absolute right-1.5 -translate-y-1/2 whitespace-nowrap"
              style={{ top: `${(1 - share) * 100}%` }}
            >
              {share === 0 ? '0' : formatAxis(top * share)}
            </span>
          ))}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: a group of bars that the arrow keys walk through */}
        <div
          ref={box}
          role="group"
          aria-label={`${label}. Arrow keys choose, Enter opens, Shift and Enter zoom in.`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard chooses a bar here
          tabIndex={0}
          className="relative min-w-0 flex-1 cursor-pointer touch-pan-y border-b border-line select-none"
          onKeyDown={press}
          onBlur={() => setHoverMs(null)}
          onPointerMove={(event) => mark(stepAt(event))}
          onPointerLeave={() => dragFrom === null && setHoverMs(null)}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setDragFrom(stepAt(event));
          }}
          onPointerUp={finish}
          onPointerCancel={() => setDragFrom(null)}
        >
          <div aria-hidden className="absolute inset-x-0 top-0 border-t border-line/60" />
          <div aria-hidden className="absolute inset-x-0 top-1/2 border-t border-line/60" />
          {marked && (
            <div
              aria-hidden
              className="pointer-events-none absolute inset-y-0 bg-accent-wash"
              style={{
                left: `${((marked[0] ?? 0) / steps) * 100}%`,
                width: `${(((marked[1] ?? 0) - (marked[0] ?? 0) + 1) / steps) * 100}%`,
              }}
            />
          )}
          <Marks label={label} series={series} steps={steps} top={top} kind={kind} previous={previous} />
        </div>
      </div>
      <div className="ml-14">
        <TimeAxis fromMs={times[0] ?? 0} toMs={endMs} />
      </div>
      {hovered !== null && (
        <Tooltip
          {...{ hovered, times, series, previous, format }}
          chosen={chosen === null ? undefined : series[chosen]}
        />
      )}
    </div>
  );
}

type MarksProps = Pick<TimeSeriesProps, 'label' | 'series' | 'kind' | 'previous'> & {
  readonly steps: number;
  readonly top: number;
};

/** The bars or lines. They do not change while the pointer moves. */
const Marks = memo(function Marks({ label, series, steps, top, kind, previous }: MarksProps) {
  const yOf = (value: number) => 100 - (value / top) * 100;
  const path = (values: readonly (number | null)[]) =>
    lineSegments(values)
      .map((points) => {
        const [first] = points as [{ x: number; y: number }];
        const isPoint = points.length === 1;
        const line = points.map(({ x, y }) => `${x * 10 + 5} ${yOf(y)}`).join(' L ');
        return isPoint ? `M ${first.x * 10 + 2} ${yOf(first.y)} h 6` : `M ${line}`;
      })
      .join(' ');
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${steps * 10} 100`}
      preserveAspectRatio="none"
      className="absolute inset-0 h-full w-full overflow-visible"
    >
      {kind === 'bars'
        ? stackSteps(series, steps).flatMap((parts, step) =>
            parts.map(({ series: index, from, to }) => (
              <rect
                key={keyOf(step, series[index])}
                x={step * 10 + 1}
                width={8}
                y={yOf(to)}
                height={Math.max(0.4, yOf(from) - yOf(to))}
                className={fillOf(series[index]?.rank ?? 'other')}
              />
            )),
          )
        : series.map(({ key, rank, values }) => (
            <path
              key={key}
              d={path(values)}
              fill="none"
              strokeWidth={1.75}
              strokeLinejoin="round"
              vectorEffect="non-scaling-stroke"
              className={strokeOf(rank)}
            />
          ))}
      {previous && (
        <path
          d={path(previous)}
          fill="none"
          strokeWidth={1.25}
          strokeDasharray="4 3"
          vectorEffect="non-scaling-stroke"
          className="stroke-ink-soft"
        />
      )}
    </svg>
  );
});

const keyOf = (step: number, series: Series | undefined) => `${step} ${series?.key}`;

interface TooltipProps extends Pick<TimeSeriesProps, 'times' | 'series' | 'previous' | 'format'> {
  readonly hovered: number;
  readonly chosen: Series | undefined;
}

function Tooltip({ hovered, times, series, previous, format, chosen }: TooltipProps) {
  const present = series.filter(({ values }) => values[hovered] != null);
  const shown = present
    .toSorted((a, b) => (b.values[hovered] ?? 0) - (a.values[hovered] ?? 0))
    .slice(0, MOST_SHOWN);
  const before = previous?.[hovered];
  return (
    <div
      aria-live="polite"
      className="float pointer-events-none absolute top-full left-0 z-40 mt-1 flex max-w-full flex-col px-2 py-1 text-small"
    >
      <span className="text-ink-faint">{formatInstant(times[hovered] ?? 0, Date.now())}</span>
      {present.length === 0 && <span>No data</span>}
      {shown.map(({ key, name, rank, values }) => (
        <span key={key} className={`flex items-center gap-1.5 ${chosen?.key === key ? 'font-semibold' : ''}`}>
          <span aria-hidden className={`size-2 shrink-0 rounded-xs ${backgroundOf(rank)}`} />
          <span className="min-w-0 truncate">{name}</span>
          <span className="ml-auto pl-3 tabular-nums">{format(values[hovered] ?? 0)}</span>
        </span>
      ))}
      {present.length > shown.length && (
        <span className="text-ink-faint">and {present.length - shown.length} more</span>
      )}
      {before != null && <span className="text-ink-faint">previous period {format(before)}</span>}
    </div>
  );
}
