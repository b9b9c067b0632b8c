import { formatCount } from '@throughline/spans';
import { type KeyboardEvent, type PointerEvent as ReactPointerEvent, useRef, useState } from 'react';
import type { TracesSummary } from '../api/types.ts';
import { countOf, showCost, showDuration } from '../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../format/timestamp.ts';
import { TimeAxis } from './time-axis.tsx';

interface VolumeChartProps {
  readonly summary: TracesSummary;
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

type Bucket = TracesSummary['buckets'][number];

/**
 * Traces over time, in three strips with one time axis: their number with the failed ones in red, the durations from the
 * median to the 95th percentile, and the cost. Dragging zooms in to a range, as do the arrow keys with Shift and Enter.
 */
export function VolumeChart({ summary, onZoom }: VolumeChartProps) {
  const { buckets, bucketSeconds } = summary;
  const [hovered, setHovered] = useState<number | null>(null);
  const [dragFrom, setDragFrom] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const startOf = (index: number) => parseTimestamp(buckets[index]?.startTime ?? '')?.epochMs ?? 0;
  const bucketAt = (event: ReactPointerEvent) => {
    const { left, width } = (box.current as HTMLDivElement).getBoundingClientRect();
    return Math.max(
      0,
      Math.min(buckets.length - 1, Math.floor(((event.clientX - left) / width) * buckets.length)),
    );
  };
  const zoom = (a: number, b: number) =>
    onZoom(startOf(Math.min(a, b)), startOf(Math.max(a, b)) + bucketSeconds * 1000);
  const finish = (event: ReactPointerEvent) => {
    if (dragFrom === null) return;
    const at = bucketAt(event);
    setDragFrom(null);
    if (at !== dragFrom) zoom(dragFrom, at);
  };
  const press = (event: KeyboardEvent) => {
    const at = hovered ?? buckets.length - 1;
    const step = event.key === 'ArrowLeft' ? -1 : event.key === 'ArrowRight' ? 1 : 0;
    if (step !== 0) {
      setDragFrom(event.shiftKey ? (dragFrom ?? at) : null);
      setHovered(Math.max(0, Math.min(buckets.length - 1, at + step)));
    } else if (event.key === 'Enter' && hovered !== null) {
      zoom(dragFrom ?? hovered, hovered);
      setDragFrom(null);
    } else if (event.key === 'Escape' && dragFrom !== null) setDragFrom(null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const marked =
    dragFrom !== null && hovered !== null
      ? [Math.min(dragFrom, hovered), Math.max(dragFrom, hovered)]
      : hovered === null
        ? null
        : [hovered, hovered];
  const shown = hovered === null ? undefined : buckets[hovered];
  return (
    <div className="relative flex h-full flex-col">
      {/* biome-ignore lint/a11y/useSemanticElements: a group of strips that the arrow keys walk through */}
      <div
        ref={box}
        role="group"
        aria-label="Traces over time. Arrow keys move, Shift extends, Enter zooms in."
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard selects a range here
        tabIndex={0}
        className="relative flex min-h-0 flex-1 cursor-crosshair touch-none flex-col gap-0.5 select-none"
        onKeyDown={press}
        onBlur={() => {
          setHovered(null);
          setDragFrom(null);
        }}
        onPointerMove={(event) => setHovered(bucketAt(event))}
        onPointerLeave={() => dragFrom === null && setHovered(null)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setHovered(bucketAt(event));
          setDragFrom(bucketAt(event));
        }}
        onPointerUp={finish}
      >
        {marked && (
          <div
            aria-hidden
            className="pointer-events-none absolute inset-y-0 bg-accent-wash"
            style={{
              left: `${((marked[0] ?? 0) / buckets.length) * 100}%`,
              width: `${(((marked[1] ?? 0) - (marked[0] ?? 0) + 1) / buckets.length) * 100}%`,
            }}
          />
        )}
        <Strip
          label={`${countOf(summary.traces, 'trace')} over time, ${formatCount(summary.errors)} failed`}
          buckets={buckets}
          className="flex-[2]"
          bars={({ traces, errors }) => [
            { from: 0, to: traces, className: 'fill-volume' },
            { from: 0, to: errors, className: 'fill-error' },
          ]}
        />
        <Strip
          label="Median to 95th percentile of the duration over time"
          buckets={buckets}
          bars={({ p50DurationMs, p95DurationMs }) => [
            { from: p50DurationMs ?? 0, to: p95DurationMs ?? 0, className: 'fill-volume' },
          ]}
        />
        {summary.costUsd !== null && (
          <Strip
            label="Cost over time"
            buckets={buckets}
            bars={({ costUsd }) => [{ from: 0, to: costUsd ?? 0, className: 'fill-accent' }]}
          />
        )}
      </div>
      <TimeAxis fromMs={startOf(0)} toMs={startOf(buckets.length - 1) + bucketSeconds * 1000} />
      {shown && (
        <div
          aria-live="polite"
          className="float pointer-events-none absolute top-full left-0 z-40 mt-1 px-2 py-1 text-small whitespace-nowrap"
        >
          {formatInstant(startOf(hovered ?? 0), Date.now())} · {countOf(shown.traces, 'trace')}
          {shown.errors > 0 && <span className="text-error"> · {formatCount(shown.errors)} failed</span>}
          {shown.p95DurationMs !== null &&
            ` · p50 ${showDuration(shown.p50DurationMs).text} · p95 ${showDuration(shown.p95DurationMs).text}`}
          {shown.costUsd !== null && ` · ${showCost(shown.costUsd, shown).text}`}
        </div>
      )}
    </div>
  );
}

interface Bar {
  readonly from: number;
  readonly to: number;
  readonly className: string;
}

/** Smallest height of a bar that is not empty, so that one trace beside thousands remains visible. */
const LEAST = 6;

/** Bars of all buckets on a scale from zero to the largest value. */
function Strip({
  label,
  buckets,
  bars,
  className = 'flex-1',
}: {
  readonly label: string;
  readonly buckets: readonly Bucket[];
  readonly bars: (bucket: Bucket) => readonly Bar[];
  readonly className?: string;
}) {
  const most = Math.max(Number.MIN_VALUE, ...buckets.flatMap((bucket) => bars(bucket).map(({ to }) => to)));
  const heightOf = (value: number) => (value <= 0 ? 0 : (value / most) * 100);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${buckets.length * 10} 100`}
      preserveAspectRatio="none"
      className={`relative min-h-0 w-full border-b border-line ${className}`}
    >
      {buckets.map((bucket, index) =>
        bars(bucket).map((bar) => {
          const height = bar.to <= 0 ? 0 : Math.max(LEAST, heightOf(bar.to) - heightOf(bar.from));
          return (
            <rect
              key={`${bucket.startTime} ${bar.className}`}
              x={index * 10 + 1}
              y={Math.max(0, Math.min(100 - heightOf(bar.from), 100) - height)}
              width={8}
              height={height}
              className={bar.className}
            />
          );
        }),
      )}
    </svg>
  );
}
