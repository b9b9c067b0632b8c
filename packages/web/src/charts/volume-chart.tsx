import { formatCount } from '@throughline/spans';
import { type PointerEvent as ReactPointerEvent, useRef, useState } from 'react';
import type { TracesSummary } from '../api/types.ts';
import { countOf } from '../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../format/timestamp.ts';

interface VolumeChartProps {
  readonly summary: TracesSummary;
  readonly onZoom: (fromMs: number, toMs: number) => void;
}

/** Number of traces per bucket, with failed traces in red at the bottom. Dragging zooms in to a range. */
export function VolumeChart({ summary, onZoom }: VolumeChartProps) {
  const { buckets, bucketSeconds } = summary;
  const [hovered, setHovered] = useState<number | null>(null);
  const [dragFrom, setDragFrom] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const most = Math.max(1, ...buckets.map((bucket) => bucket.traces));
  const startOf = (index: number) => parseTimestamp(buckets[index]?.startTime ?? '')?.epochMs ?? 0;
  const bucketAt = (event: ReactPointerEvent) => {
    const { left, width } = (box.current as HTMLDivElement).getBoundingClientRect();
    return Math.max(
      0,
      Math.min(buckets.length - 1, Math.floor(((event.clientX - left) / width) * buckets.length)),
    );
  };
  const finish = (event: ReactPointerEvent) => {
    if (dragFrom === null) return;
    const at = bucketAt(event);
    setDragFrom(null);
    const [first, last] = [Math.min(dragFrom, at), Math.max(dragFrom, at)];
    if (first !== last) onZoom(startOf(first), startOf(last) + bucketSeconds * 1000);
  };
  const marked =
    dragFrom !== null && hovered !== null ? [Math.min(dragFrom, hovered), Math.max(dragFrom, hovered)] : null;
  const shown = hovered === null ? undefined : buckets[hovered];
  return (
    <div
      ref={box}
      className="relative h-full cursor-crosshair touch-none select-none"
      onPointerMove={(event) => setHovered(bucketAt(event))}
      onPointerLeave={() => setHovered(null)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        setDragFrom(bucketAt(event));
      }}
      onPointerUp={finish}
    >
      <svg
        role="img"
        aria-label={`${countOf(summary.traces, 'trace')} over time, ${formatCount(summary.errors)} failed`}
        viewBox={`0 0 ${buckets.length * 10} 100`}
        preserveAspectRatio="none"
        className="h-full w-full"
      >
        {marked && (
          <rect
            x={(marked[0] ?? 0) * 10}
            y={0}
            width={((marked[1] ?? 0) - (marked[0] ?? 0) + 1) * 10}
            height={100}
            className="fill-accent-wash"
          />
        )}
        {buckets.map((bucket, i) => {
          const height = bucket.traces === 0 ? 0 : Math.max(4, (bucket.traces / most) * 96);
          const errors = bucket.errors === 0 ? 0 : Math.max(4, (bucket.errors / most) * 96);
          return (
            <g key={bucket.startTime}>
              <rect
                x={i * 10 + 1}
                y={100 - height}
                width={8}
                height={height}
                className={i === hovered ? 'fill-accent' : 'fill-volume'}
              />
              <rect x={i * 10 + 1} y={100 - errors} width={8} height={errors} className="fill-error" />
            </g>
          );
        })}
        <rect x={0} y={99} width={buckets.length * 10} height={1} className="fill-line" />
      </svg>
      {shown && (
        <div className="float pointer-events-none absolute top-full left-0 mt-1 px-2 py-1 text-small whitespace-nowrap">
          {formatInstant(startOf(hovered ?? 0), Date.now())} · {countOf(shown.traces, 'trace')}
          {shown.errors > 0 && <span className="text-error"> · {formatCount(shown.errors)} failed</span>}
        </div>
      )}
    </div>
  );
}
