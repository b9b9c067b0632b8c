import { formatCost, formatCount, formatDuration } from '@throughline/spans';
import type { TraceLayout } from './layout.ts';

/** What the width of a bar means. */
export const BAR_WIDTHS = ['time', 'cost', 'tokens'] as const;
export type BarWidth = (typeof BAR_WIDTHS)[number];

/** Formats a position on the axis. */
export const FORMATS: Readonly<Record<BarWidth, (value: number) => string>> = {
  time: formatDuration,
  cost: (usd) => formatCost(Math.max(0, usd)),
  tokens: (tokens) => formatCount(Math.max(0, Math.round(tokens))),
};

/**
 * The layout with the total cost or tokens of each span and its descendants in place of its duration. Children follow each
 * other within their parent, in their order, so that a bar above is as wide as all bars below it together.
 *
 *     agent    $0─────────────$0.10
 *     ├─ chat   $0──────$0.07
 *     └─ chat           $0.07─$0.10
 */
export function measuredLayout(layout: TraceLayout, width: BarWidth): TraceLayout {
  if (width === 'time') return layout;
  const sums = width === 'cost' ? layout.sumCostUsd : layout.sumTokens;
  const startMs = new Float64Array(sums.length);
  const durationMs = new Float64Array(sums.length);
  // Where the next child of each span begins.
  const next = new Float64Array(sums.length);
  let nextRoot = 0;
  for (let i = 0; i < sums.length; i++) {
    const up = layout.parent[i] as number;
    const sum = sums[i] || 0;
    const start = up < 0 ? nextRoot : (next[up] as number);
    startMs[i] = start;
    next[i] = start;
    durationMs[i] = sum;
    if (up < 0) nextRoot += sum;
    else next[up] = start + sum;
  }
  // Without any cost or tokens the axis still needs a length.
  return { ...layout, startMs, durationMs, totalMs: nextRoot || 1 };
}
