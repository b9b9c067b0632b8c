import {
  type PointerEvent as ReactPointerEvent,
  type RefObject,
  useEffect,
  useEffectEvent,
  useRef,
} from 'react';
import { panBy, type TimeScale, toMilliseconds, zoomAround } from './time-scale.ts';

interface GesturesInput {
  readonly scroller: RefObject<HTMLElement | null>;
  /** The element that contains the cursor line and the axis. */
  readonly frame: RefObject<HTMLElement | null>;
  readonly treeWidth: number;
  readonly scale: TimeScale;
  readonly totalMs: number;
  readonly rowHeight: number;
  readonly rows: Int32Array;
  /** Formats a position for the axis. */
  readonly format: (value: number) => string;
  /** Name and times of a span, shown at the pointer. */
  readonly describe: (index: number) => string;
  readonly onTime: (time: { fromMs: number; toMs: number }) => void;
  readonly onHover: (index: number) => void;
}

/** A pointer that moves less than this clicks instead of dragging. */
const DRAG_PX = 4;
const HOVER_MS = 80;

/**
 * Event handlers for the scrolling element: dragging and horizontal scrolling pan, the wheel with Ctrl or ⌘ zooms, and a
 * line follows the pointer.
 */
export function useBarGestures(input: GesturesInput) {
  const drag = useRef<{ x: number; scale: TimeScale; moved: boolean } | null>(null);
  const wasDragged = useRef(false);
  const hover = useRef<{ row: number; timer: ReturnType<typeof setTimeout> | undefined }>({
    row: -1,
    timer: undefined,
  });

  const onWheel = useEffectEvent((event: WheelEvent) => {
    const { scale, totalMs } = input;
    const x = barsX(event, input);
    const sideways = event.shiftKey ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      if (x < 0) return;
      input.onTime(zoomAround(scale, toMilliseconds(scale, x), 1.0025 ** event.deltaY, totalMs));
    } else if (x >= 0 && Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
      event.preventDefault();
      input.onTime(panBy(scale, (sideways / scale.widthPx) * (scale.toMs - scale.fromMs), totalMs));
    }
  });
  useEffect(() => {
    const element = input.scroller.current;
    // React's wheel listeners are passive, so they cannot prevent the browser from zooming the page.
    const listener = (event: WheelEvent) => onWheel(event);
    element?.addEventListener('wheel', listener, { passive: false });
    return () => element?.removeEventListener('wheel', listener);
  }, [input.scroller]);

  return {
    onPointerDown(event: ReactPointerEvent) {
      if (event.button === 0 && event.pointerType === 'mouse' && barsX(event.nativeEvent, input) >= 0)
        drag.current = { x: event.clientX, scale: input.scale, moved: false };
    },
    onPointerMove(event: ReactPointerEvent) {
      const { scale, totalMs } = input;
      const dragged = drag.current;
      if (dragged && (dragged.moved || Math.abs(event.clientX - dragged.x) > DRAG_PX)) {
        if (!dragged.moved) event.currentTarget.setPointerCapture(event.pointerId);
        dragged.moved = true;
        const perPixel = (dragged.scale.toMs - dragged.scale.fromMs) / dragged.scale.widthPx;
        input.onTime(panBy(dragged.scale, (dragged.x - event.clientX) * perPixel, totalMs));
        return;
      }
      const x = barsX(event.nativeEvent, input);
      moveCursor(input, x, x >= 0 ? toMilliseconds(scale, x) : null);
      moveTip(input, x, event.clientY);
      hoverRow(event, input, hover.current);
    },
    onPointerUp() {
      wasDragged.current = drag.current?.moved ?? false;
      drag.current = null;
    },
    onPointerLeave() {
      moveCursor(input, -1, null);
      moveTip(input, -1, 0);
      clearTimeout(hover.current.timer);
      hover.current.row = -1;
    },
    onClickCapture(event: React.MouseEvent) {
      // The end of a drag must not count as a click.
      if (wasDragged.current) event.stopPropagation();
      wasDragged.current = false;
    },
  };
}

function barsX(event: MouseEvent, { scroller, treeWidth }: GesturesInput): number {
  const left = scroller.current?.getBoundingClientRect().left ?? 0;
  return event.clientX - left - treeWidth;
}

/** Moves the cursor line. Changes the elements directly, because rendering on every pointer move would be wasteful. */
function moveCursor({ frame, treeWidth, scale, format }: GesturesInput, x: number, ms: number | null) {
  const line = frame.current?.querySelector<HTMLElement>('[data-cursor]');
  const label = frame.current?.querySelector<HTMLElement>('[data-cursor-label]');
  if (!line || !label) return;
  const shown = ms !== null && x <= scale.widthPx;
  line.style.display = shown ? 'block' : 'none';
  label.style.display = shown ? 'block' : 'none';
  if (!shown) return;
  line.style.left = `${treeWidth + x}px`;
  label.textContent = format(ms);
  const atRight = x > scale.widthPx - 70;
  label.style.left = atRight ? 'auto' : `${x + 4}px`;
  label.style.right = atRight ? `${scale.widthPx - x + 4}px` : 'auto';
}

/** Shows the name and the times of the span below the pointer, if the pointer is over the bars. */
function moveTip(input: GesturesInput, x: number, clientY: number) {
  const { frame, scroller, treeWidth, scale, rowHeight, rows } = input;
  const tip = frame.current?.querySelector<HTMLElement>('[data-bar-tip]');
  const [box, frameBox] = [scroller.current?.getBoundingClientRect(), frame.current?.getBoundingClientRect()];
  if (!tip || !box || !frameBox || !scroller.current) return;
  const row = Math.floor((clientY - box.top + scroller.current.scrollTop) / rowHeight);
  const index = x >= 0 && x <= scale.widthPx ? rows[row] : undefined;
  tip.style.display = index === undefined ? 'none' : 'block';
  if (index === undefined) return;
  tip.textContent = input.describe(index);
  // Below the pointer, except near the bottom; never beyond the right edge.
  const isLow = clientY > box.bottom - 60;
  tip.style.top = `${clientY - frameBox.top + (isLow ? -34 : 18)}px`;
  tip.style.left = `${Math.max(treeWidth, Math.min(treeWidth + x + 8, frameBox.width - tip.offsetWidth - 8))}px`;
}

function hoverRow(
  event: ReactPointerEvent,
  { scroller, rowHeight, rows, onHover }: GesturesInput,
  state: { row: number; timer: ReturnType<typeof setTimeout> | undefined },
) {
  const element = scroller.current;
  if (!element) return;
  const y = event.clientY - element.getBoundingClientRect().top + element.scrollTop;
  const row = Math.floor(y / rowHeight);
  if (row === state.row) return;
  clearTimeout(state.timer);
  state.row = row;
  state.timer = setTimeout(() => {
    const index = rows[row];
    if (index !== undefined) onHover(index);
  }, HOVER_MS);
}
