import { Code, type LucideIcon, Sparkles, Star, ThumbsDown, ThumbsUp, UserRound } from 'lucide-react';
import type { ScoreSummary } from '../api/types.ts';
import { describeScore, showScoreValue, THUMB } from './show-score.ts';

/** Icons of score sources. Any other source gets a star. */
const SOURCES: Readonly<Record<string, LucideIcon>> = { human: UserRound, llm: Sparkles, code: Code };

/** A thumb for scores given by hand, else the icon of the source. */
export function ScoreIcon({
  score,
  size = 11,
}: {
  score: Pick<ScoreSummary, 'name' | 'value' | 'source'>;
  size?: number;
}) {
  const thumb = score.name === THUMB && typeof score.value === 'boolean';
  const bySource = Object.hasOwn(SOURCES, score.source) ? SOURCES[score.source] : undefined;
  const Icon = thumb ? (score.value ? ThumbsUp : ThumbsDown) : (bySource ?? Star);
  return <Icon size={size} className="shrink-0 text-ink-faint" aria-hidden />;
}

/** Name and value of one score. The colour is always the same, because the page cannot know whether 0.4 is good. */
export function ScoreChip({ score, spanName }: { score: ScoreSummary; spanName?: string }) {
  return (
    <span
      className="inline-flex h-5 min-w-0 items-center gap-1 rounded-control border border-line px-1.5 text-small"
      title={describeScore(score, spanName)}
    >
      <ScoreIcon score={score} />
      <span className="min-w-0 truncate text-ink-faint">{score.name}</span>
      <span className="max-w-32 shrink-0 truncate">{showScoreValue(score)}</span>
    </span>
  );
}
