import { Star } from 'lucide-react';
import { useRef } from 'react';
import type { ScoreSummary } from '../api/types.ts';
import { pluralOf } from '../format/numbers.ts';
import { ScoreChip } from '../scores/score-chip.tsx';
import { describeScore, fitScores, humanFirst } from '../scores/show-score.ts';
import { useSize } from '../ui/use-size.ts';
import { Absent } from './cells.tsx';

/** About the width in px of a letter in a chip, with its share of the padding. */
const LETTER = 7.3;

/** The scores that fit into the cell, followed by the number of the others. */
export function FittingScores({ scores }: { scores: readonly ScoreSummary[] }) {
  const cell = useRef<HTMLSpanElement>(null);
  const { width } = useSize(cell);
  const { shown, hidden } = fitScores(humanFirst(scores), Math.floor(width / LETTER));
  return (
    <span
      ref={cell}
      className="flex min-w-0 flex-1 items-center gap-1"
      title={scores.map((score) => describeScore(score)).join('\n')}
    >
      {scores.length === 0 && <Absent />}
      {shown.map((score, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the scores of a list have no ids.
        <ScoreChip key={i} score={score} />
      ))}
      {hidden > 0 && <span className="shrink-0 text-small text-ink-faint">+{hidden}</span>}
    </span>
  );
}

/** The number of scores, shown beside the name if the list has no column of scores. */
export function ScoreCount({ scores }: { scores: readonly ScoreSummary[] }) {
  if (scores.length === 0) return null;
  return (
    <span className="ml-1.5 flex shrink-0 items-center gap-0.5 text-small text-ink-faint">
      <Star size={11} aria-hidden />
      {scores.length}
      <span className="sr-only"> {pluralOf(scores.length, 'score')}</span>
    </span>
  );
}
