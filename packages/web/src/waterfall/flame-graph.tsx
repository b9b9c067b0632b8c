import {
  type PointerEvent,
  type RefObject,
  useEffect,
  useEffectEvent,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { visibleName } from '../format/visible-name.ts';
import { useSize } from '../ui/use-size.ts';
import { prepareCanvas } from './canvas.ts';
import { describeBar } from './describe-bar.ts';
import { drawFlame, LANE_HEIGHT, spanAt } from './draw-flame.ts';
import { flameLanes } from './flame-lanes.ts';
import type { TraceLayout } from './layout.ts';
import { type BarWidth, FORMATS } from './measured-layout.ts';
import type { PathMarks } from './path-marks.ts';
import {
  panBy,
  type TimeScale,
  ticksOf,
  toMilliseconds,
  toPixels,
  valueTicksOf,
  zoomAround,
} from './time-scale.ts';
import { usePalette } from './use-palette.ts';
import { useRowWindow } from './use-row-window.ts';
import type { TimeWindow } from './waterfall.tsx';

interface FlameGraphProps {
  /** The trace or, if bars are not as wide as their time, its measured layout. */
  readonly layout: TraceLayout;
  readonly barWidth: BarWidth;
  readonly matches?: Uint8Array | undefined;
  readonly marks?: PathMarks | undefined;
  /** Index of the selected span. */
  readonly selected: number;
  readonly time: TimeWindow;
  readonly onSelect: (index: number) => void;
  readonly onTime: (time: TimeWindow) => void;
  readonly onFit: (index: number) => void;
  readonly scroller: RefObject<HTMLDivElement | null>;
}

const DRAG_PX = 4;

/**
 * The spans of a trace as nested bars on one canvas. Dragging pans, Ctrl and the wheel zoom, a click selects and a double
 * click zooms to a span. The keys of the trace move the selection, which is announced.
 */
export function FlameGraph(props: FlameGraphProps) {
  const { layout, barWidth, matches, marks, selected, time, scroller } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const drag = useRef<{ x: number; scale: TimeScale; moved: boolean } | null>(null);
  const [hovered, setHovered] = useState<{
    readonly index: number;
    readonly x: number;
    readonly y: number;
  }>();
  const size = useSize(scroller);
  const palette = usePalette();
  const flame = useMemo(() => flameLanes(layout), [layout]);
  const { lanes, laneOf } = flame;
  const { first, last } = useRowWindow(scroller, lanes.length, LANE_HEIGHT, size.height);
  const scale = useMemo(() => ({ ...time, widthPx: size.width }), [time, size.width]);
  const ticks = useMemo(
    () => (barWidth === 'time' ? ticksOf(scale) : valueTicksOf(scale, FORMATS[barWidth])),
    [scale, barWidth],
  );
  useLayoutEffect(() => {
    const pen = prepareCanvas(canvas.current, size.width, (last - first) * LANE_HEIGHT);
    if (!pen) return;
    drawFlame(pen, {
      layout,
      lanes,
      firstLane: first,
      lastLane: last,
      scale,
      ticks,
      palette,
      selected,
      matches,
      marks,
      isTime: barWidth === 'time',
      labelOf: (i) => visibleName(layout.spans[i]?.name ?? '') || '(no name)',
    });
  }, [layout, lanes, first, last, scale, ticks, palette, selected, matches, marks, barWidth, size.width]);

  const selectedLane = laneOf[selected] ?? 0;
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const top = selectedLane * LANE_HEIGHT;
    if (top < element.scrollTop || top + LANE_HEIGHT > element.scrollTop + element.clientHeight)
      element.scrollTop = Math.max(0, top - element.clientHeight / 2);
  }, [selectedLane, scroller]);

  const onWheel = useEffectEvent((event: WheelEvent) => {
    const x = event.clientX - (scroller.current?.getBoundingClientRect().left ?? 0);
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      props.onTime(zoomAround(scale, toMilliseconds(scale, x), 1.0025 ** event.deltaY, layout.totalMs));
    } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      props.onTime(panBy(scale, (sideways / scale.widthPx) * (scale.toMs - scale.fromMs), layout.totalMs));
    }
  });
  useEffect(() => {
    const element = scroller.current;
    // React's wheel listeners are passive, so they cannot prevent the browser from zooming the page.
    const listener = (event: WheelEvent) => onWheel(event);
    element?.addEventListener('wheel', listener, { passive: false });
    return () => element?.removeEventListener('wheel', listener);
  }, [scroller]);

  const indexAt = (event: { readonly clientX: number; readonly clientY: number }): number | undefined => {
    const box = scroller.current?.getBoundingClientRect();
    if (!box || !scroller.current) return undefined;
    const lane = lanes[Math.floor((event.clientY - box.top + scroller.current.scrollTop) / LANE_HEIGHT)];
    const slackMs = (scale.toMs - scale.fromMs) / Math.max(1, scale.widthPx);
    return lane && spanAt(layout, lane, toMilliseconds(scale, event.clientX - box.left), slackMs);
  };
  const move = (event: PointerEvent) => {
    const dragged = drag.current;
    if (dragged && (dragged.moved || Math.abs(event.clientX - dragged.x) > DRAG_PX)) {
      if (!dragged.moved) event.currentTarget.setPointerCapture(event.pointerId);
      dragged.moved = true;
      const perPixel = (dragged.scale.toMs - dragged.scale.fromMs) / dragged.scale.widthPx;
      props.onTime(panBy(dragged.scale, (dragged.x - event.clientX) * perPixel, layout.totalMs));
      return;
    }
    const index = indexAt(event);
    const box = scroller.current?.getBoundingClientRect();
    setHovered(
      index === undefined || !box
        ? undefined
        : { index, x: event.clientX - box.left, y: event.clientY - box.top },
    );
  };
  return (
    <div className="relative flex min-h-0 min-w-0 flex-1 flex-col">
      <div
        className="relative h-6 shrink-0 overflow-hidden border-b border-line text-tiny text-ink-faint select-none"
        aria-hidden
      >
        {ticks.map((tick) => (
          <span
            key={tick.ms}
            className="absolute inset-y-0 border-l border-line pt-0.5 pl-1 whitespace-nowrap"
            style={{ left: Math.round(toPixels(scale, tick.ms)) }}
          >
            {toPixels(scale, tick.ms) < scale.widthPx - 44 && tick.label}
          </span>
        ))}
      </div>
      <div
        ref={scroller}
        role="application"
        aria-label="Flame graph"
        aria-roledescription="flame graph"
        aria-describedby="flame-selected"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keys of the trace move the selection here
        tabIndex={0}
        className="relative min-h-0 flex-1 overflow-x-hidden overflow-y-auto outline-offset-[-2px]"
        onPointerDown={(event) => {
          if (event.button === 0) drag.current = { x: event.clientX, scale, moved: false };
        }}
        onPointerMove={move}
        onPointerUp={(event) => {
          const moved = drag.current?.moved ?? false;
          drag.current = null;
          const index = moved ? undefined : indexAt(event);
          if (index !== undefined) props.onSelect(index);
        }}
        onPointerLeave={() => setHovered(undefined)}
        onDoubleClick={(event) => {
          const index = indexAt(event);
          if (index !== undefined) props.onFit(index);
        }}
      >
        <div className="relative" style={{ height: lanes.length * LANE_HEIGHT }}>
          <canvas
            ref={canvas}
            aria-hidden
            className="pointer-events-none absolute left-0"
            style={{ top: first * LANE_HEIGHT, width: size.width, height: (last - first) * LANE_HEIGHT }}
          />
        </div>
      </div>
      <p
        id="flame-selected"
        aria-live="polite"
        className="truncate border-t border-line px-3 py-1 text-small text-ink-soft"
      >
        {describeBar(layout, selected, barWidth)}
      </p>
      {hovered && (
        <div
          aria-hidden
          className="float pointer-events-none absolute max-w-96 truncate px-2 py-1 text-small"
          style={{ left: Math.min(hovered.x + 12, Math.max(0, size.width - 260)), top: hovered.y + 44 }}
        >
          {describeBar(layout, hovered.index, barWidth)}
        </div>
      )}
    </div>
  );
}
