import { formatDuration } from '@throughline/spans';
import type { TraceLayout } from './layout.ts';
import { type BarWidth, FORMATS } from './measured-layout.ts';

/** `vector_search · 35 ms → 2.59 s · 2.55 s` */
export function describeBar(layout: TraceLayout, i: number, barWidth: BarWidth): string {
  const startMs = layout.startMs[i] as number;
  const durationMs = layout.durationMs[i] as number;
  const name = layout.spans[i]?.name || '(no name)';
  if (barWidth !== 'time') return `${name} · ${FORMATS[barWidth](durationMs)}`;
  if (Number.isNaN(durationMs)) return `${name} · since ${formatDuration(startMs)} · running`;
  return `${name} · ${formatDuration(startMs)} → ${formatDuration(startMs + durationMs)} · ${formatDuration(durationMs)}`;
}
