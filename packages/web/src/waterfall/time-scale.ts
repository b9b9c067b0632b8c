/** Converts between time and pixels. `fromMs` is at pixel 0, `toMs` at `widthPx`. */
export interface TimeScale {
  readonly fromMs: number;
  readonly toMs: number;
  readonly widthPx: number;
}

/** The highest zoom: one nanosecond across the whole width. */
const NARROWEST_MS = 1e-6;

export function toPixels(scale: TimeScale, ms: number): number {
  return ((ms - scale.fromMs) / (scale.toMs - scale.fromMs)) * scale.widthPx;
}

export function toMilliseconds(scale: TimeScale, px: number): number {
  return scale.fromMs + (px / scale.widthPx) * (scale.toMs - scale.fromMs);
}

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Multiplies the visible time by `factor` (0.5 shows half of it). `aroundMs` stays in place if the trace allows it. */
export function zoomAround(window: Window, aroundMs: number, factor: number, totalMs: number): Window {
  const span = window.toMs - window.fromMs;
  const wanted = Math.max(NARROWEST_MS, Math.min(span * factor, totalMs));
  const left = (aroundMs - window.fromMs) / span;
  return within({ fromMs: aroundMs - wanted * left, toMs: aroundMs + wanted * (1 - left) }, totalMs);
}

export function panBy(window: Window, ms: number, totalMs: number): Window {
  return within({ fromMs: window.fromMs + ms, toMs: window.toMs + ms }, totalMs);
}

/** The window that shows an interval with a small margin. */
export function windowAround(fromMs: number, toMs: number, totalMs: number): Window {
  const span = Math.max(toMs - fromMs, NARROWEST_MS * 10);
  return within({ fromMs: fromMs - span * 0.08, toMs: fromMs + span * 1.08 }, totalMs);
}

/** Moves a window into the range from 0 to `totalMs`. The window is shortened only if it is longer than that. */
export function within(window: Window, totalMs: number): Window {
  const span = Math.min(window.toMs - window.fromMs, totalMs);
  const fromMs = Math.max(0, Math.min(window.fromMs, totalMs - span));
  return { fromMs, toMs: fromMs + span };
}

export interface Tick {
  readonly ms: number;
  readonly label: string;
}

/** Ticks at round times, at least `spacingPx` apart. Steps are 1, 2 or 5 × 10ⁿ, or whole minutes, hours and days. */
export function ticksOf(scale: TimeScale, spacingPx = 90): readonly Tick[] {
  const span = scale.toMs - scale.fromMs;
  if (!(span > 0) || !(scale.widthPx > 0)) return [];
  const step = roundStep((span * spacingPx) / scale.widthPx);
  const first = Math.ceil(scale.fromMs / step - 1e-9);
  const ticks: Tick[] = [];
  for (let n = first; n * step <= scale.toMs * (1 + 1e-12); n++) {
    ticks.push({ ms: n * step, label: n === 0 ? '0' : labelTick(n * step, step) });
  }
  return ticks;
}

/** Ticks for an axis of another quantity, with a format for its values. */
export function valueTicksOf(
  scale: TimeScale,
  format: (value: number) => string,
  spacingPx = 90,
): readonly Tick[] {
  const span = scale.toMs - scale.fromMs;
  if (!(span > 0) || !(scale.widthPx > 0)) return [];
  const step = roundDecimal((span * spacingPx) / scale.widthPx);
  const ticks: Tick[] = [];
  for (let n = Math.ceil(scale.fromMs / step - 1e-9); n * step <= scale.toMs * (1 + 1e-12); n++)
    ticks.push({ ms: n * step, label: n === 0 ? '0' : format(n * step) });
  return ticks;
}

const CLOCK_STEPS_MS = [60e3, 120e3, 300e3, 600e3, 1800e3, 3600e3, 7200e3, 21_600e3, 43_200e3, 86_400e3];

function roundStep(leastMs: number): number {
  if (leastMs > 30_000) {
    const clock = CLOCK_STEPS_MS.find((step) => step >= leastMs);
    if (clock !== undefined) return clock;
    const days = 86_400e3;
    return days * roundDecimal(leastMs / days);
  }
  return roundDecimal(leastMs);
}

function roundDecimal(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const digit = [1, 2, 5, 10].find((candidate) => candidate * power >= least * (1 - 1e-9)) ?? 10;
  return digit * power;
}

/** The label of a tick, with enough decimals to distinguish it from its neighbours. */
function labelTick(ms: number, stepMs: number): string {
  if (stepMs >= 60_000) return labelClock(ms, stepMs);
  const [unit, scale] = ms >= 1000 || stepMs >= 500 ? ['s', 1000] : stepMs >= 0.5 ? ['ms', 1] : ['µs', 0.001];
  const decimals = Math.max(0, -Math.floor(Math.log10(stepMs / (scale as number)) + 1e-9));
  return `${(ms / (scale as number)).toFixed(Math.min(decimals, 9))} ${unit}`;
}

const CLOCK_UNITS = [
  ['d', 86_400e3],
  ['h', 3600e3],
  ['m', 60e3],
] as const;

/** `1 d 2 h 5 m`: units from the largest that is not 0 down to the unit of the step. */
function labelClock(ms: number, stepMs: number): string {
  let left = Math.round(ms / 60e3) * 60e3;
  const parts: string[] = [];
  for (const [unit, size] of CLOCK_UNITS) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 || parts.length > 0) parts.push(`${count} ${unit}`);
    if (stepMs >= size && stepMs % size === 0) break;
  }
  return parts.join(' ');
}
