import type { SpanKind } from '@throughline/spans';
import { isLeaf, type TraceLayout } from './layout.ts';
import type { PathMarks } from './path-marks.ts';
import { type Tick, type TimeScale, toPixels } from './time-scale.ts';

/** The part of a canvas context that drawing needs. Tests pass an object that records the calls. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'globalAlpha'
  | 'clearRect'
  | 'fillRect'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'stroke'
  | 'save'
  | 'restore'
  | 'rect'
  | 'clip'
  | 'fill'
  | 'closePath'
>;

/** Colours in a format that the canvas accepts, resolved from the tokens of the current theme. */
export interface Palette {
  readonly kinds: Readonly<Record<SpanKind, string>>;
  readonly line: string;
  readonly error: string;
  readonly accent: string;
  readonly page: string;
  readonly ink: string;
  readonly warning: string;
}

export interface BarsInput {
  readonly layout: TraceLayout;
  readonly rows: Int32Array;
  /** Range of the rows to draw, without `lastRow`. The first row is drawn at y = 0. */
  readonly firstRow: number;
  readonly lastRow: number;
  readonly rowHeight: number;
  readonly scale: TimeScale;
  readonly ticks: readonly Tick[];
  readonly palette: Palette;
  /** If present, rows that do not match are drawn faintly. */
  readonly matches?: Uint8Array | undefined;
  /** Whether the axis is time. Running spans and times to first token are drawn only then. */
  readonly isTime: boolean;
  /** If present, the critical path and waiting branches are marked. */
  readonly marks?: PathMarks | undefined;
}

const BAR_HEIGHT = 12;
/** Minimum width of a bar in px, so that very short spans stay visible. */
const LEAST_WIDTH = 2;

export function drawBars(pen: Pen, input: BarsInput): void {
  const { rows, firstRow, lastRow, rowHeight, scale } = input;
  const height = (lastRow - firstRow) * rowHeight;
  pen.clearRect(0, 0, scale.widthPx, height);
  drawGrid(pen, input, height);
  for (let row = firstRow; row < lastRow; row++) {
    drawBar(pen, input, rows[row] as number, (row - firstRow) * rowHeight + (rowHeight - BAR_HEIGHT) / 2);
  }
  pen.globalAlpha = 1;
}

function drawGrid(pen: Pen, { ticks, scale, palette }: BarsInput, height: number) {
  pen.fillStyle = palette.line;
  for (const tick of ticks) pen.fillRect(Math.round(toPixels(scale, tick.ms)), 0, 1, height);
}

function drawBar(pen: Pen, input: BarsInput, i: number, top: number) {
  const { layout, scale, palette, matches } = input;
  const span = layout.spans[i];
  if (!span) return;
  const running = input.isTime && span.durationMs === null;
  const startMs = layout.startMs[i] as number;
  if (!input.isTime && layout.durationMs[i] === 0) return;
  const endMs = running ? Math.max(layout.totalMs, scale.toMs) : startMs + (layout.durationMs[i] as number);
  if (startMs > scale.toMs || endMs < scale.fromMs) {
    pen.fillStyle = palette.kinds[span.kind];
    pen.globalAlpha = 0.5;
    drawPointer(pen, startMs > scale.toMs, scale.widthPx, top);
    return;
  }
  // A bar that starts at the right edge is moved left until its minimum width is visible.
  const left = Math.min(toPixels(scale, startMs), scale.widthPx - LEAST_WIDTH);
  const right = Math.max(toPixels(scale, endMs), left + LEAST_WIDTH);
  // At high zoom a bar can be millions of pixels wide, where canvas coordinates lose precision.
  const from = Math.max(left, -2);
  const to = Math.min(right, scale.widthPx + 2);
  const faint = matches && !matches[i] ? 0.25 : 1;
  pen.fillStyle = palette.kinds[span.kind];
  if (running) {
    drawOpenEnded(pen, from, to, top, faint);
  } else if (input.isTime && span.ttftMs !== null && span.ttftMs > 0) {
    const first = Math.min(toPixels(scale, startMs + span.ttftMs), to);
    drawWaiting(pen, from, Math.max(first, from), top, faint);
    pen.globalAlpha = faint;
    pen.fillRect(Math.max(first, from), top, Math.max(to - Math.max(first, from), 1), BAR_HEIGHT);
  } else {
    pen.globalAlpha = faint;
    pen.fillRect(from, top, to - from, BAR_HEIGHT);
  }
  if (span.status === 'error') {
    pen.globalAlpha = faint;
    pen.fillStyle = palette.error;
    pen.fillRect(from, top + BAR_HEIGHT, Math.max(to - from, 6), 2);
  }
  if (input.marks) drawMarks(pen, input, input.marks, i, top, faint);
}

/** Kinds that only contain other steps: if the trace waits for one of them, none of its steps is running. */
const CONTAINERS: ReadonlySet<SpanKind> = new Set(['agent', 'chain', 'span']);

/**
 * Draws a line above the bar where the trace waited for the span, dots after it while a slower branch ran, and dashes before it
 * if it could have started earlier, beside similar steps.
 */
function drawMarks(
  pen: Pen,
  { layout, scale, palette }: BarsInput,
  { critical, waitsUntilMs, couldStartMs }: PathMarks,
  i: number,
  top: number,
  faint: number,
) {
  const xOf = (ms: number) => Math.max(-2, Math.min(toPixels(scale, ms), scale.widthPx + 2));
  const isGap = CONTAINERS.has(layout.spans[i]?.kind ?? 'span') && !isLeaf(layout, i);
  const stretches = critical.get(i) ?? [];
  pen.globalAlpha = faint;
  pen.fillStyle = isGap ? palette.warning : palette.ink;
  for (let k = 0; k + 1 < stretches.length; k += 2) {
    const from = xOf(stretches[k] as number);
    const to = xOf(stretches[k + 1] as number);
    if (to > -2 && from < scale.widthPx + 2) pen.fillRect(from, top - 3, Math.max(to - from, 1), 2);
  }
  const fromMs = couldStartMs.get(i);
  if (fromMs !== undefined) {
    const to = xOf(layout.startMs[i] as number);
    pen.fillStyle = palette.warning;
    pen.globalAlpha = faint * 0.7;
    for (let x = xOf(fromMs); x < to - 1; x += 8)
      pen.fillRect(x, top + BAR_HEIGHT / 2 - 1, Math.min(4, to - 1 - x), 2);
  }
  const untilMs = waitsUntilMs.get(i);
  if (untilMs === undefined) return;
  const endMs = (layout.startMs[i] as number) + (layout.durationMs[i] || 0);
  const to = xOf(untilMs);
  pen.fillStyle = palette.ink;
  pen.globalAlpha = faint * 0.5;
  for (let x = xOf(endMs) + 4; x < to; x += 6) pen.fillRect(x, top + BAR_HEIGHT / 2 - 1, 2, 2);
}

/** Draws a small triangle at the edge towards a span that is outside the visible time. */
function drawPointer(pen: Pen, later: boolean, widthPx: number, top: number) {
  const [base, tip] = later ? [widthPx - 8, widthPx - 3] : [8, 3];
  pen.beginPath();
  pen.moveTo(base, top + 2);
  pen.lineTo(tip, top + BAR_HEIGHT / 2);
  pen.lineTo(base, top + BAR_HEIGHT - 2);
  pen.closePath();
  pen.fill();
}

/** Draws the time to first token: lighter and hatched, so that it differs in greyscale too. */
function drawWaiting(pen: Pen, from: number, to: number, top: number, alpha: number) {
  if (to - from < 0.5) return;
  pen.globalAlpha = alpha * 0.3;
  pen.fillRect(from, top, to - from, BAR_HEIGHT);
  pen.save();
  pen.beginPath();
  pen.rect(from, top, to - from, BAR_HEIGHT);
  pen.clip();
  pen.globalAlpha = alpha * 0.75;
  pen.strokeStyle = pen.fillStyle;
  pen.lineWidth = 1;
  pen.beginPath();
  for (let x = from - BAR_HEIGHT; x < to; x += 5) {
    pen.moveTo(x, top + BAR_HEIGHT);
    pen.lineTo(x + BAR_HEIGHT, top);
  }
  pen.stroke();
  pen.restore();
}

/** Draws the bar of a running span, which fades out because its end is not known. */
function drawOpenEnded(pen: Pen, from: number, to: number, top: number, alpha: number) {
  const steps = 8;
  const width = (to - from) / steps;
  for (let step = 0; step < steps; step++) {
    pen.globalAlpha = alpha * (0.8 - (step / steps) * 0.7);
    pen.fillRect(from + step * width, top, width, BAR_HEIGHT);
  }
}

const MINIMAP_PADDING = 3;
/** At most one error is marked in each cell of this size, so that many errors do not hide the spans below. */
const CELL_WIDTH = 12;
const CELL_HEIGHT = 9;
const MARK_WIDTH = 4;

/** Draws the whole trace as a strip. Many spans share a line of pixels, and errors are drawn on top. */
export function drawMinimap(
  pen: Pen,
  layout: TraceLayout,
  palette: Palette,
  widthPx: number,
  heightPx: number,
): void {
  pen.clearRect(0, 0, widthPx, heightPx);
  const scale: TimeScale = { fromMs: 0, toMs: layout.totalMs, widthPx };
  const count = layout.spans.length;
  const line = Math.max(1, Math.min(3, heightPx / count - 0.5));
  const topOf = (i: number) => MINIMAP_PADDING + (i / count) * (heightPx - line - 2 * MINIMAP_PADDING);
  const draw = (i: number, colour: string) => {
    const startMs = layout.startMs[i] as number;
    const duration = layout.durationMs[i] as number;
    const endMs = Number.isNaN(duration) ? layout.totalMs : startMs + duration;
    const left = toPixels(scale, startMs);
    pen.fillStyle = colour;
    pen.fillRect(left, topOf(i), Math.max(toPixels(scale, endMs) - left, 1), line);
  };
  // Beyond this number, spans share the same pixels, and a sample of them looks the same.
  const step = Math.max(1, Math.floor(count / 4000));
  pen.globalAlpha = 0.9;
  for (let i = 0; i < count; i += step) draw(i, palette.kinds[layout.spans[i]?.kind ?? 'span']);
  pen.globalAlpha = 1;
  const marked = new Set<number>();
  const cellsAcross = Math.ceil(widthPx / CELL_WIDTH);
  pen.fillStyle = palette.error;
  for (let i = 0; i < count; i++) {
    if (layout.spans[i]?.status !== 'error') continue;
    // Only the end of a failed span is marked. Otherwise a failed root would colour the whole strip red.
    const endMs = (layout.startMs[i] as number) + (layout.durationMs[i] || 0);
    const right = Math.max(toPixels(scale, endMs), MARK_WIDTH);
    const top = topOf(i);
    const cell = Math.floor(top / CELL_HEIGHT) * cellsAcross + Math.floor(right / CELL_WIDTH);
    if (marked.has(cell)) continue;
    marked.add(cell);
    pen.fillRect(right - MARK_WIDTH, top - 1, MARK_WIDTH, line + 2);
  }
}
