import { formatDuration } from '../format.ts';
import { printableName } from '../printable-name.ts';
import type { TraceEvidence } from './evidence.ts';
import { type ConclusionSentence, linkTo, sentence } from './sentence.ts';

/** A difference that changes what the waterfall shows, as a part of the trace. */
const WORTH_NAMING = 0.01;

/** Whether the clocks of two services differ, so that their times cannot be compared. */
export function concludeClocks({ layout, path }: TraceEvidence): ConclusionSentence | undefined {
  const { difference } = path.clocks;
  if (!difference || difference.byMs < WORTH_NAMING * path.totalMs) return undefined;
  const { index, byMs } = difference;
  const up = layout.parent[index] as number;
  const [callee, caller] = [layout.spans[index]?.service ?? '', layout.spans[up]?.service ?? ''];
  return sentence(
    'clocks',
    'clock-difference',
    { byMs },
    linkTo(layout, index),
    ` starts ${formatDuration(byMs)} before `,
    linkTo(layout, up),
    `, which called it: the clocks of ${printableName(callee)} and ${printableName(caller)} differ.`,
  );
}
