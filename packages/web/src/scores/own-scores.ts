import type { Score, ScoreSummary } from '../api/types.ts';
import { HUMAN, THUMB } from './show-score.ts';

/** A score that the user gives by hand to a trace or to one of its spans. */
export interface Judgement {
  /** Null means the whole trace. */
  readonly spanId: string | null;
  /** True means thumb up, false thumb down. */
  readonly value: boolean;
  /** Empty if there is none. */
  readonly comment: string;
}

/** A score as far as it is known: a trace includes fewer fields than the list of scores, and a pending score has no id. */
export type KnownScore = ScoreSummary & Partial<Score> & { readonly pending?: true };

/** Finds the score that was given by hand to a target. A new one has the same name and source, so it replaces this one. */
export function ownScoreOf<Item extends ScoreSummary>(
  scores: readonly Item[],
  spanId: string | null,
): Item | undefined {
  return scores.find((score) => score.spanId === spanId && isOwn(score));
}

function isOwn({ name, source, evaluator }: ScoreSummary): boolean {
  return name === THUMB && source === HUMAN && evaluator === null;
}

/** Scores merged with pending ones. The later of two pending scores for the same target wins. */
export function withPending(
  scores: readonly KnownScore[],
  pending: readonly Judgement[],
): readonly KnownScore[] {
  if (pending.length === 0) return scores;
  const byTarget = new Map(pending.map((judgement) => [judgement.spanId, judgement]));
  const merged = [...byTarget.values()].map(({ spanId, value, comment }) => ({
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
  return [...merged, ...scores.filter((score) => !(isOwn(score) && byTarget.has(score.spanId)))];
}

/** Groups scores by span id. The scores of the whole trace have the key null. */
export function scoresBySpan(
  scores: readonly KnownScore[],
): ReadonlyMap<string | null, readonly KnownScore[]> {
  return Map.groupBy(scores, ({ spanId }) => spanId);
}
