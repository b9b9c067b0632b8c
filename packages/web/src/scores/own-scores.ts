import type { Score, ScoreSummary } from '../api/types.ts';
import { HUMAN, THUMB } from './show-score.ts';

/** What a reader of the page thinks of a trace, or of one of its spans. */
export interface Judgement {
  /** Null: the whole trace. */
  readonly spanId: string | null;
  /** True: thumb up. */
  readonly value: boolean;
  /** Empty where nothing was written. */
  readonly comment: string;
}

/** A score as it is known so far: the list of a trace has less of it than the list of scores. */
export type KnownScore = ScoreSummary & Partial<Score> & { readonly pending?: true };

/** The reader's own score of a target: the same target, name and source make a later one replace it. */
export function ownScoreOf<Item extends ScoreSummary>(
  scores: readonly Item[],
  spanId: string | null,
): Item | undefined {
  return scores.find((score) => score.spanId === spanId && isOwn(score));
}

function isOwn({ name, source, evaluator }: ScoreSummary): boolean {
  return name === THUMB && source === HUMAN && evaluator === null;
}

/** The scores with what is on its way standing where it will stand. Of two on their way the later counts. */
export function withPending(
  scores: readonly KnownScore[],
  pending: readonly Judgement[],
): readonly KnownScore[] {
  if (pending.length === 0) return scores;
  const byTarget = new Map(pending.map((judgement) => [judgement.spanId, judgement]));
  const coming = [...byTarget.values()].map(({ spanId, value, comment }) => ({
    ...ownScoreOf(scores, spanId),
    name: THUMB,
    value,
    label: null,
    unit: null,
    spanId,
    source: HUMAN,
    evaluator: null,
    comment: comment || null,
    pending: true as const,
  }));
  return [...coming, ...scores.filter((score) => !(isOwn(score) && byTarget.has(score.spanId)))];
}

/** Scores by the id of their span; those of the whole trace under null. */
export function scoresBySpan(
  scores: readonly KnownScore[],
): ReadonlyMap<string | null, readonly KnownScore[]> {
  return Map.groupBy(scores, ({ spanId }) => spanId);
}
