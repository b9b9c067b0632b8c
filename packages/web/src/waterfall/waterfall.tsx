import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import type { KnownScore } from '../scores/own-scores.ts';
import { Splitter } from '../ui/splitter.tsx';
import { useSize } from '../ui/use-size.ts';
import { prepareCanvas } from './canvas.ts';
import { describeBar } from './describe-bar.ts';
import { drawBars } from './draw.ts';
import type { TraceLayout } from './layout.ts';
import { type BarWidth, FORMATS } from './measured-layout.ts';
import type { PathMarks } from './path-marks.ts';
import { type Folding, isClosed } from './rows.ts';
import { SpanRow, type TreeColumns } from './span-row.tsx';
import { TimeAxis } from './time-axis.tsx';
import { ticksOf, valueTicksOf } from './time-scale.ts';
import { useBarGestures } from './use-bar-gestures.ts';
import { usePalette } from './use-palette.ts';
import { useRowWindow } from './use-row-window.ts';

export interface TimeWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

interface WaterfallProps {
  /** The trace or, if bars are not as wide as their time, its measured layout. */
  readonly layout: TraceLayout;
  readonly barWidth: BarWidth;
  /** Indexes into the layout, in order, from `openRows` or `matchingRows`. */
  readonly rows: Int32Array;
  readonly folding: Folding;
  /** Marks matching spans; absent if the search is empty. */
  readonly matches?: Uint8Array | undefined;
  /** The critical path and waiting branches; absent if they are not shown. */
  readonly marks?: PathMarks | undefined;
  /** Scores by span id. */
  readonly scores: ReadonlyMap<string | null, readonly KnownScore[]>;
  readonly usedDocuments: ReadonlyMap<string, number>;
  /** Row of the selected span; -1 if there is none. */
  readonly selectedRow: number;
  /** The time that the timeline shows. */
  readonly time: TimeWindow;
  readonly treeWidth: number;
  readonly onTreeWidth: (width: number) => void;
  readonly onSelect: (index: number) => void;
  readonly onToggle: (index: number) => void;
  readonly onTime: (time: TimeWindow) => void;
  readonly onFit: (index: number) => void;
  /** Called when the pointer rests on a row, so that its details can be loaded in advance. */
  readonly onHover: (index: number) => void;
  readonly scroller: RefObject<HTMLDivElement | null>;
}

export const ROW_HEIGHT = 28;
const LEAST_TREE = 150;
const LEAST_BARS = 80;

/** The tree and the bars of a trace, which scroll together. The rows are elements; all bars are on one canvas. */
export function Waterfall(props: WaterfallProps) {
  const { layout, barWidth, rows, matches, marks, selectedRow, time, scroller } = props;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSize(scroller);
  const palette = usePalette();
  const treeWidth = Math.max(LEAST_TREE, Math.min(props.treeWidth, size.width - LEAST_BARS));
  const barsWidth = Math.max(0, size.width - treeWidth);
  const { first, last } = useRowWindow(scroller, rows.length, ROW_HEIGHT, size.height);
  const scale = useMemo(() => ({ ...time, widthPx: barsWidth }), [time, barsWidth]);
  const ticks = useMemo(
    () => (barWidth === 'time' ? ticksOf(scale) : valueTicksOf(scale, FORMATS[barWidth])),
    [scale, barWidth],
  );
  const columns = useMemo(() => columnsFor(layout, treeWidth), [layout, treeWidth]);

  useLayoutEffect(() => {
    const pen = prepareCanvas(canvas.current, barsWidth, (last - first) * ROW_HEIGHT);
    if (!pen) return;
    drawBars(pen, {
      layout,
      rows,
      firstRow: first,
      lastRow: last,
      rowHeight: ROW_HEIGHT,
      scale,
      ticks,
      palette,
      matches,
      marks,
      isTime: barWidth === 'time',
    });
  }, [layout, rows, first, last, scale, ticks, palette, matches, marks, barsWidth, barWidth]);

  useEffect(() => {
    const element = scroller.current;
    if (!element || selectedRow < 0) return;
    const top = selectedRow * ROW_HEIGHT;
    if (top < element.scrollTop) element.scrollTop = Math.max(0, top - ROW_HEIGHT * 2);
    else if (top + ROW_HEIGHT > element.scrollTop + element.clientHeight)
      element.scrollTop = top - element.clientHeight + ROW_HEIGHT * 3;
  }, [selectedRow, scroller]);

  const gestures = useBarGestures({
    scroller,
    frame,
    treeWidth,
    scale,
    totalMs: layout.totalMs,
    rowHeight: ROW_HEIGHT,
    rows,
    describe: (index) => describeBar(layout, index, barWidth),
    format: FORMATS[barWidth],
    onTime: props.onTime,
    onHover: props.onHover,
  });

  const visible: number[] = [];
  for (let row = first; row < last; row++) visible.push(row);
  return (
    <div ref={frame} className="group/waterfall relative flex min-h-0 min-w-0 flex-1 flex-col">
      <TimeAxis columns={columns} treeWidth={treeWidth} scale={scale} ticks={ticks} />
      <div
        ref={scroller}
        role="treegrid"
        aria-label="Spans"
        aria-rowcount={rows.length}
        aria-readonly
        tabIndex={0}
        {...(selectedRow >= first &&
          selectedRow < last && { 'aria-activedescendant': rowId(layout, rows[selectedRow]) })}
        className="relative min-h-0 flex-1 overflow-x-hidden overflow-y-auto"
        {...gestures}
      >
        <div role="presentation" className="relative" style={{ height: rows.length * ROW_HEIGHT }}>
          <canvas
            ref={canvas}
            aria-hidden
            className="pointer-events-none absolute z-[1]"
            style={{
              top: first * ROW_HEIGHT,
              left: treeWidth,
              width: barsWidth,
              height: (last - first) * ROW_HEIGHT,
            }}
          />
          {visible.map((row) => {
            const i = rows[row] as number;
            const spanId = layout.spans[i]?.spanId ?? '';
            return (
              <SpanRow
                key={spanId}
                id={rowId(layout, i)}
                layout={layout}
                index={i}
                row={row}
                top={row * ROW_HEIGHT}
                treeWidth={treeWidth}
                columns={columns}
                selected={row === selectedRow}
                closed={isClosed(layout, i, props.folding)}
                match={matches ? matches[i] === 1 : undefined}
                scores={props.scores.get(spanId)}
                usedDocuments={props.usedDocuments.get(spanId)}
                onSelect={props.onSelect}
                onToggle={props.onToggle}
                onFit={props.onFit}
              />
            );
          })}
        </div>
      </div>
      <Splitter
        label="Resize the tree"
        size={treeWidth}
        least={LEAST_TREE}
        most={Math.max(LEAST_TREE, size.width - LEAST_BARS)}
        onResize={props.onTreeWidth}
        className="!absolute inset-y-0"
        style={{ left: treeWidth - 1 }}
      />
      <div
        data-cursor
        aria-hidden
        className="pointer-events-none absolute inset-y-0 z-[2] hidden w-px bg-accent/60"
      />
      <div
        data-bar-tip
        aria-hidden
        className="float pointer-events-none absolute hidden max-w-96 truncate px-2 py-1 text-small"
      />
    </div>
  );
}

function rowId(layout: TraceLayout, i: number | undefined): string {
  return `span-${layout.spans[i ?? 0]?.spanId}`;
}

/** Chooses the columns that fit beside the names. A column is left out if no span has a value for it. */
function columnsFor(layout: TraceLayout, treeWidth: number): TreeColumns {
  return {
    duration: treeWidth >= 230,
    cost: treeWidth >= 360 && layout.spans.some((span) => span.costUsd !== null),
    tokens:
      treeWidth >= 430 &&
      layout.spans.some((span) => span.inputTokens !== null || span.outputTokens !== null),
  };
}
