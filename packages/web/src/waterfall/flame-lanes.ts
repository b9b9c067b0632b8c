import type { TraceLayout } from './layout.ts';

/** The place of each span in a flame graph. */
export interface FlameLanes {
  /** Lane of each span, from 0 at the top. */
  readonly laneOf: Int32Array;
  /** Indexes of the spans of each lane, by start. */
  readonly lanes: readonly (readonly number[])[];
}

/** Number of lanes below the parent that are tried. If all are taken, the span covers others. */
const MOST_TRIED = 400;

/**
 * Gives each span a lane below that of its parent, so that no span covers another. Spans that ran at the same time are
 * below each other.
 *
 *     root  ─────────────────
 *       a    ──────   d ─────
 *       b      ────────
 *
 * @param layout positions and widths in any measure; a span without a duration lasts until the end
 */
export function flameLanes({ spans, parent, startMs, durationMs, totalMs }: TraceLayout): FlameLanes {
  const laneOf = new Int32Array(spans.length);
  const lanes: number[][] = [];
  const endOfLane: number[] = [];
  // Sums are not exact in the last digits.
  const tolerance = totalMs * 1e-9;
  for (let i = 0; i < spans.length; i++) {
    const up = parent[i] as number;
    const first = up < 0 ? 0 : (laneOf[up] as number) + 1;
    const start = startMs[i] as number;
    let lane = first;
    while (lane - first < MOST_TRIED && (endOfLane[lane] ?? Number.NEGATIVE_INFINITY) > start + tolerance)
      lane++;
    if (lane - first === MOST_TRIED) lane = first;
    const duration = durationMs[i] as number;
    laneOf[i] = lane;
    endOfLane[lane] = Math.max(endOfLane[lane] ?? 0, Number.isNaN(duration) ? totalMs : start + duration);
    const list = lanes[lane];
    if (list) list.push(i);
    else lanes[lane] = [i];
  }
  for (let lane = 0; lane < lanes.length; lane++) lanes[lane] ??= [];
  return { laneOf, lanes };
}
