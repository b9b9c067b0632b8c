import { type Concurrency, findConcurrency, type SerialBranches, type SlowBranch } from '../branches.ts';
import { formatCount, formatDuration } from '../format.ts';
import type { TraceEvidence } from './evidence.ts';
import { type ConclusionPart, type ConclusionSentence, link, linkTo, listed, sentence } from './sentence.ts';

/** If there are more branches than this, their number is given instead of their names. */
const MOST_NAMED = 3;

/** Names the branch that others waited for, or the steps that ran one after another, whichever took longer. */
export function concludeConcurrency(evidence: TraceEvidence): ConclusionSentence | undefined {
  const [longest] = findConcurrency(evidence.layout, evidence.path);
  return longest && describe(evidence, longest);
}

function describe(evidence: TraceEvidence, found: Concurrency): ConclusionSentence {
  return found.kind === 'slow-branch' ? slowBranch(evidence, found) : serial(evidence, found);
}

function slowBranch(
  { layout, path }: TraceEvidence,
  { parent, slowest, others, waitMs }: SlowBranch,
): ConclusionSentence {
  const figures = {
    waitMs,
    totalMs: path.totalMs,
    share: waitMs / path.totalMs,
    count: others.length + 1,
  };
  const [only] = others;
  const done: readonly (string | ConclusionPart)[] =
    others.length === 1 && only !== undefined
      ? ['than ', linkTo(layout, only), ', which ran beside it']
      : [
          'than the ',
          link(layout, `${formatCount(others.length)} branches`, others),
          ' that ran beside it',
          ...(parent < 0 ? [] : [' in ', linkTo(layout, parent)]),
        ];
  return sentence(
    'time',
    'slow-branch',
    figures,
    linkTo(layout, slowest),
    ` ended ${formatDuration(waitMs)} later `,
    ...done,
    '.',
  );
}

function serial(
  { layout, path, stepOf, steps }: TraceEvidence,
  { branches, extraMs }: SerialBranches,
): ConclusionSentence {
  const kinds = new Set(branches.map((i) => stepOf[i] as number));
  const [first] = kinds;
  const named: readonly (string | ConclusionPart)[] =
    kinds.size === 1 && first !== undefined
      ? [link(layout, steps[first]?.label ?? '', branches), ` ×${formatCount(branches.length)}`]
      : branches.length <= MOST_NAMED
        ? listed(branches.map((i) => linkTo(layout, i)))
        : [link(layout, `${formatCount(branches.length)} ${steps[first ?? -1]?.kind} calls`, branches)];
  return sentence(
    'time',
    'one-after-another',
    {
      extraMs,
      totalMs: path.totalMs,
      share: extraMs / path.totalMs,
      count: branches.length,
    },
    ...named,
    ` ran one after another, which took ${formatDuration(extraMs)} more than the longest of them.`,
  );
}
