import { formatDuration } from '../format.ts';
import type { TraceEvidence } from './evidence.ts';
import { type ConclusionSentence, linkTo, listed, sentence } from './sentence.ts';

const MOST_NAMED = 3;

/** Reports what a running trace is waiting for: the open spans without open children. */
export function concludeRunning({ layout }: TraceEvidence): ConclusionSentence | undefined {
  const open = openLeaves(layout);
  const [latest] = open;
  if (latest === undefined) return undefined;
  const { nowMs, stale, startMs } = layout;
  const names = listed(open.slice(0, MOST_NAMED).map((i) => linkTo(layout, i)));
  const more = open.length > MOST_NAMED ? ` and ${open.length - MOST_NAMED} other steps` : '';
  const startedMs = startMs[latest] as number;
  if (stale)
    return sentence(
      'running',
      'never-ended',
      { count: open.length, startedMs },
      ...names,
      `${more} never ended; ${open.length === 1 ? 'it' : 'the last'} started ${formatDuration(startedMs)} into the trace.`,
    );
  const elapsed = Number.isNaN(nowMs) ? '' : `, for ${formatDuration(Math.max(0, nowMs - startedMs))} so far`;
  return sentence(
    'running',
    'waiting-for-span',
    { count: open.length, startedMs },
    'Running: waiting for ',
    ...names,
    `${more}${open.length === 1 ? elapsed : ''}.`,
  );
}

/** Running spans whose ancestors all run and that have no running children; the latest first. */
function openLeaves({ spans, parent, startMs, durationMs }: TraceEvidence['layout']): readonly number[] {
  const open = new Uint8Array(spans.length);
  const hasOpenChild = new Uint8Array(spans.length);
  for (let i = 0; i < spans.length; i++) {
    const up = parent[i] as number;
    if (!Number.isNaN(durationMs[i] as number) || (up >= 0 && !open[up])) continue;
    open[i] = 1;
    if (up >= 0) hasOpenChild[up] = 1;
  }
  const leaves: number[] = [];
  for (let i = 0; i < spans.length; i++) if (open[i] && !hasOpenChild[i]) leaves.push(i);
  return leaves.sort((a, b) => (startMs[b] as number) - (startMs[a] as number) || a - b);
}
