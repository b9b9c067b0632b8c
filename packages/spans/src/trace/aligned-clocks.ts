import type { TraceLayout } from './trace-layout.ts';

/** A service whose clock differs from the clock of the service that called it. */
export interface ClockDifference {
  /** The earliest span that starts before its parent. */
  readonly index: number;
  /** Time in ms by which it starts before its parent. */
  readonly byMs: number;
}

export interface AlignedClocks {
  /** Start of each span in ms since the trace began, with spans of other clocks moved into their parents. */
  readonly startMs: Float64Array;
  /** The largest difference, if there is one. */
  readonly difference: ClockDifference | undefined;
}

/** Smaller differences come from the precision of clocks. */
const TOLERANCE_MS = 1;

/**
 * Moves spans with an impossible start time. A span that starts before its parent and belongs to another service
 * was timed by another clock. All children of that service are moved together, to the middle of the parent if they fit.
 *
 *     answer   web         0────────────────100
 *     rank     ranking  -80──-20                    is moved to 20──80
 */
export function alignClocks(layout: TraceLayout): AlignedClocks {
  const { spans, parent, startMs } = layout;
  const shift = new Float64Array(spans.length);
  const groupShift = foreignGroups(layout);
  let difference: ClockDifference | undefined;
  const aligned = new Float64Array(spans.length);
  for (let i = 0; i < spans.length; i++) {
    const up = parent[i] as number;
    const own = up < 0 ? undefined : groupShift.get(groupKey(up, spans[i]?.service ?? ''));
    if (own !== undefined) {
      const byMs = (startMs[up] as number) - (startMs[i] as number);
      if (byMs > (difference?.byMs ?? TOLERANCE_MS)) difference = { index: i, byMs };
    }
    shift[i] = (up < 0 ? 0 : (shift[up] as number)) + (own ?? 0);
    aligned[i] = (startMs[i] as number) + (shift[i] as number);
  }
  if (difference === undefined) return { startMs, difference };
  return { startMs: aligned, difference };
}

const groupKey = (parent: number, service: string) => `${parent}\n${service}`;

interface Group {
  readonly parent: number;
  fromMs: number;
  toMs: number;
}

/**
 * Returns how far children of another service must be moved, by parent and service. Groups that need not move are left
 * out.
 */
function foreignGroups({ spans, parent, startMs, durationMs }: TraceLayout): ReadonlyMap<string, number> {
  const groups = new Map<string, Group>();
  for (let i = 0; i < spans.length; i++) {
    const up = parent[i] as number;
    const service = spans[i]?.service;
    if (up < 0 || !service || service === spans[up]?.service || spans[up]?.service == null) continue;
    const fromMs = startMs[i] as number;
    const toMs = fromMs + (durationMs[i] || 0);
    const key = groupKey(up, service);
    const group = groups.get(key);
    if (!group) groups.set(key, { parent: up, fromMs, toMs });
    else {
      group.fromMs = Math.min(group.fromMs, fromMs);
      group.toMs = Math.max(group.toMs, toMs);
    }
  }
  const shifts = new Map<string, number>();
  for (const [key, { parent: up, fromMs, toMs }] of groups) {
    const upStart = startMs[up] as number;
    if (fromMs >= upStart - TOLERANCE_MS) continue;
    const room = (durationMs[up] || 0) - (toMs - fromMs);
    shifts.set(key, upStart - fromMs + Math.max(0, room / 2));
  }
  return shifts;
}
