import { formatCount } from '@throughline/spans';
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import type { TraceHeatMap } from '../api/types.ts';
import { countOf, showCost, showDuration } from '../format/numbers.ts';
import { formatInstant, parseTimestamp } from '../format/timestamp.ts';
import { boxBetween, cellAt, type HeatBox, type HeatCell, heatStep, stepTo } from './heat-box.ts';
import { TimeAxis } from './time-axis.tsx';

interface HeatMapProps {
  readonly map: TraceHeatMap;
  readonly selected: HeatBox | undefined;
  readonly onSelect: (box: HeatBox | undefined) => void;
}

/** Opacity of the five steps of the scale. */
const OPACITY = [0.2, 0.38, 0.56, 0.76, 1];
/** Maximum number of labels beside the rows. */
const MOST_LABELS = 8;

/**
 * Traces by time and by a measure: the darker a cell, the more traces. Failed traces are red at the bottom of their cell. A
 * box is selected by dragging, or with the arrow keys, Shift and Enter.
 */
export function HeatMap({ map, selected, onSelect }: HeatMapProps) {
  const { columns, rows, cells } = map;
  const field = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<HeatCell>();
  const [dragFrom, setDragFrom] = useState<HeatCell>();
  const most = Math.max(1, ...cells.map(({ traces }) => traces));
  const startMs = (column: number) => parseTimestamp(columns[column] ?? '')?.epochMs ?? 0;
  const at = (event: PointerEvent): HeatCell => {
    const { left, top, width, height } = (field.current as HTMLDivElement).getBoundingClientRect();
    return cellAt(
      (event.clientX - left) / width,
      (event.clientY - top) / height,
      columns.length,
      rows.length,
    );
  };
  const show = (value: number) => (map.measure === 'cost' ? showCost(value).text : showDuration(value).text);
  const press = (event: KeyboardEvent) => {
    const cell = hovered ?? { column: columns.length - 1, row: rows.length - 1 };
    const next = stepTo(cell, event.key, columns.length, rows.length);
    if (next) {
      if (event.shiftKey) setDragFrom((from) => from ?? cell);
      else setDragFrom(undefined);
      setHovered(next);
    } else if (event.key === 'Enter' && hovered) {
      onSelect(boxBetween(dragFrom ?? hovered, hovered));
      setDragFrom(undefined);
    } else if (event.key === 'Escape' && (dragFrom || selected)) {
      setDragFrom(undefined);
      onSelect(undefined);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const box = dragFrom && hovered ? boxBetween(dragFrom, hovered) : selected;
  const found = hovered && cells.find(({ column, row }) => column === hovered.column && row === hovered.row);
  const range = hovered && rows[hovered.row];
  const every = Math.ceil(rows.length / MOST_LABELS);
  return (
    <figure className="m-0 flex min-h-0 flex-col" aria-label="Heat map">
      <div className="flex min-h-0 flex-1">
        <div aria-hidden className="relative w-16 shrink-0 text-tiny text-ink-faint">
          {rows.map(({ low }, row) =>
            row % every === 0 ? (
              <span
                key={low}
                className="absolute right-1.5 translate-y-1/2 tabular-nums"
                style={{ bottom: `${(row / rows.length) * 100}%` }}
              >
                {show(low)}
              </span>
            ) : null,
          )}
        </div>
        {/* biome-ignore lint/a11y/useSemanticElements: a group of cells that the arrow keys walk through */}
        <div
          ref={field}
          role="group"
          aria-label={`${map.measure === 'cost' ? 'Cost' : 'Latency'} over time. Arrow keys move, Shift extends, Enter selects.`}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard selects a box here
          tabIndex={0}
          className="relative min-w-0 flex-1 cursor-crosshair touch-none border-b border-l border-line select-none"
          onKeyDown={press}
          onPointerMove={(event) => setHovered(at(event))}
          onPointerLeave={() => !dragFrom && setHovered(undefined)}
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            setHovered(at(event));
            setDragFrom(at(event));
          }}
          onPointerUp={(event) => {
            if (dragFrom) onSelect(boxBetween(dragFrom, at(event)));
            setDragFrom(undefined);
          }}
        >
          <svg
            role="img"
            aria-label={`${countOf(map.traces - map.missing, 'trace')} by time and ${map.measure}`}
            viewBox={`0 0 ${columns.length} ${rows.length}`}
            preserveAspectRatio="none"
            className="absolute inset-0 h-full w-full"
          >
            {cells.map(({ column, row, traces, errors }) => (
              <g key={`${column} ${row}`}>
                <rect
                  x={column + 0.04}
                  y={rows.length - 1 - row + 0.04}
                  width={0.92}
                  height={0.92}
                  className="fill-accent"
                  opacity={OPACITY[heatStep(traces, most)]}
                />
                {errors > 0 && (
                  <rect
                    x={column + 0.04}
                    y={rows.length - row - 0.04 - Math.max(0.18, 0.92 * (errors / traces))}
                    width={0.92}
                    height={Math.max(0.18, 0.92 * (errors / traces))}
                    className="fill-error"
                  />
                )}
              </g>
            ))}
          </svg>
          {box && (
            <div
              className="pointer-events-none absolute border-2 border-ink"
              style={{
                left: `${(box.columns[0] / columns.length) * 100}%`,
                right: `${(1 - (box.columns[1] + 1) / columns.length) * 100}%`,
                bottom: `${(box.rows[0] / rows.length) * 100}%`,
                top: `${(1 - (box.rows[1] + 1) / rows.length) * 100}%`,
              }}
            />
          )}
          {hovered && !box && (
            <div
              className="pointer-events-none absolute outline outline-ink-soft"
              style={{
                left: `${(hovered.column / columns.length) * 100}%`,
                width: `${100 / columns.length}%`,
                bottom: `${(hovered.row / rows.length) * 100}%`,
                height: `${100 / rows.length}%`,
              }}
            />
          )}
        </div>
      </div>
      <div className="ml-16">
        <TimeAxis fromMs={startMs(0)} toMs={startMs(columns.length - 1) + map.bucketSeconds * 1000} />
      </div>
      <figcaption aria-live="polite" className="ml-16 h-5 truncate text-small text-ink-soft">
        {hovered && range ? (
          <>
            {formatInstant(startMs(hovered.column), Date.now())} · {show(range.low)} to {show(range.high)} ·{' '}
            {countOf(found?.traces ?? 0, 'trace')}
            {found && found.errors > 0 && (
              <span className="text-error"> · {formatCount(found.errors)} failed</span>
            )}
          </>
        ) : map.missing > 0 ? (
          `${countOf(map.missing, 'trace')} without ${map.measure === 'cost' ? 'a cost' : 'a duration'} not shown`
        ) : (
          'Drag to select a box'
        )}
      </figcaption>
    </figure>
  );
}
