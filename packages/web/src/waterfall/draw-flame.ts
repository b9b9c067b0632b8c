import type { Palette } from './draw.ts';
import type { FlameLanes } from './flame-lanes.ts';
import type { TraceLayout } from './layout.ts';
import type { PathMarks } from './path-marks.ts';
import { type Tick, type TimeScale, toPixels } from './time-scale.ts';

export type FlamePen = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'globalAlpha'
  | 'font'
  | 'textBaseline'
  | 'clearRect'
  | 'fillRect'
  | 'strokeRect'
  | 'fillText'
>;

export interface FlameInput {
  readonly layout: TraceLayout;
  readonly lanes: FlameLanes['lanes'];
  /** Range of the lanes to draw, without `lastLane`. The first one is drawn at y = 0. */
  readonly firstLane: number;
  readonly lastLane: number;
  readonly scale: TimeScale;
  readonly ticks: readonly Tick[];
  readonly palette: Palette;
  /** Index of the selected span. */
  readonly selected: number;
  /** If present, spans that do not match are drawn faintly. */
  readonly matches?: Uint8Array | undefined;
  /** If present, the critical path is marked, and branches that could have run beside others. */
  readonly marks?: PathMarks | undefined;
  /** Whether the axis is time. Otherwise spans without a width are left out. */
  readonly isTime: boolean;
  /** Text of a bar. */
  readonly labelOf: (index: number) => string;
}

export const LANE_HEIGHT = 20;
const BAR_HEIGHT = 18;
/** Narrower bars have no text. */
const LEAST_TEXT_PX = 28;
/** Narrower bars are drawn in their full colour. */
const LEAST_STRIPE_PX = 8;
/** About the width of a character, with which texts are cut. Measuring each text would be slow. */
const CHARACTER_PX = 6.6;

/** Draws the visible lanes. Bars that are narrower than a pixel and touch each other are drawn as one. */
export function drawFlame(pen: FlamePen, input: FlameInput): void {
  const { scale, ticks, palette, firstLane, lastLane } = input;
  const height = (lastLane - firstLane) * LANE_HEIGHT;
  pen.globalAlpha = 1;
  pen.clearRect(0, 0, scale.widthPx, height);
  pen.fillStyle = palette.line;
  for (const tick of ticks) pen.fillRect(Math.round(toPixels(scale, tick.ms)), 0, 1, height);
  pen.font = '11px system-ui, sans-serif';
  pen.textBaseline = 'middle';
  for (let lane = firstLane; lane < lastLane; lane++)
    drawLane(pen, input, lane, (lane - firstLane) * LANE_HEIGHT);
  pen.globalAlpha = 1;
}

function drawLane(pen: FlamePen, input: FlameInput, lane: number, top: number): void {
  const { layout, scale, palette, matches, marks, selected } = input;
  const spans = input.lanes[lane] ?? [];
  let lastPixel = -2;
  for (let k = firstVisible(layout, spans, scale.fromMs); k < spans.length; k++) {
    const i = spans[k] as number;
    const span = layout.spans[i];
    const startMs = layout.startMs[i] as number;
    if (!span || startMs > scale.toMs) break;
    if (!input.isTime && layout.durationMs[i] === 0) continue;
    const left = Math.max(toPixels(scale, startMs), -1);
    const right = Math.min(toPixels(scale, endOf(layout, i)), scale.widthPx + 1);
    if (right < 0) continue;
    const width = Math.max(right - left, 1);
    if (i !== selected && width <= 1 && Math.floor(left) <= lastPixel) continue;
    lastPixel = Math.floor(left + width) - 1;
    const faint = matches && !matches[i] ? 0.15 : 1;
    // A gap of one pixel separates wide neighbours. Texts need a light bar, so the full colour is at its beginning.
    const isWide = width >= LEAST_STRIPE_PX;
    pen.globalAlpha = faint * (isWide ? 0.38 : 0.8);
    pen.fillStyle = span.status === 'error' ? palette.error : palette.kinds[span.kind];
    pen.fillRect(left, top, width > 3 ? width - 1 : width, BAR_HEIGHT);
    if (isWide) {
      pen.globalAlpha = faint;
      pen.fillRect(left, top, 3, BAR_HEIGHT);
    }
    if (marks?.critical.has(i) && width > 2) {
      pen.globalAlpha = faint;
      pen.fillStyle = palette.ink;
      pen.fillRect(left, top + BAR_HEIGHT - 2, width - 1, 2);
    }
    if (marks?.couldStartMs.has(i) && width > 2) {
      pen.globalAlpha = faint;
      pen.fillStyle = palette.warning;
      pen.fillRect(left, top, width - 1, 2);
    }
    if (width >= LEAST_TEXT_PX) {
      pen.globalAlpha = faint;
      pen.fillStyle = palette.ink;
      const most = Math.floor((width - 10) / CHARACTER_PX);
      const text = input.labelOf(i);
      pen.fillText(
        text.length > most ? `${text.slice(0, Math.max(1, most - 1))}…` : text,
        Math.max(left, 0) + 6,
        top + BAR_HEIGHT / 2,
      );
    }
    if (i === selected) {
      pen.globalAlpha = 1;
      pen.strokeStyle = palette.ink;
      pen.lineWidth = 2;
      pen.strokeRect(left + 1, top + 1, Math.max(width - 3, 1), BAR_HEIGHT - 2);
    }
  }
}

/** Index in the lane of the span at a position; undefined if there is none. */
export function spanAt(
  layout: TraceLayout,
  lane: readonly number[],
  ms: number,
  slackMs: number,
): number | undefined {
  for (let k = Math.max(0, firstVisible(layout, lane, ms - slackMs) - 1); k < lane.length; k++) {
    const i = lane[k] as number;
    if ((layout.startMs[i] as number) > ms + slackMs) return undefined;
    if (endOf(layout, i) >= ms - slackMs) return i;
  }
  return undefined;
}

function endOf({ startMs, durationMs, totalMs }: TraceLayout, i: number): number {
  const duration = durationMs[i] as number;
  return Number.isNaN(duration) ? totalMs : (startMs[i] as number) + duration;
}

/** The first span of a lane that ends at or after an instant. Spans of a lane do not overlap, so their ends are sorted. */
function firstVisible(layout: TraceLayout, lane: readonly number[], ms: number): number {
  let low = 0;
  let high = lane.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (endOf(layout, lane[middle] as number) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}
