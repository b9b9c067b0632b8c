import { formatCount } from '@throughline/spans';
import type { ScoreSummary } from '../api/types.ts';

/** Name of the scores that users give by hand. True means thumb up. */
export const THUMB = 'thumb';
export const HUMAN = 'human';

/** The value in short: `0.423`, `120 ms`, `yes`. Thumbs are `up` and `down`. */
export function showScoreValue({ name, value, unit }: Pick<ScoreSummary, 'name' | 'value' | 'unit'>): string {
  if (typeof value === 'boolean') return name === THUMB ? (value ? 'up' : 'down') : value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  const digits =
    Math.abs(value) >= 1000 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(3)));
  return unit ? `${digits} ${unit}` : digits;
}

/** All details of a score, for a tooltip: `faithfulness 0.4231 (pass), by llm ragas, on generate`. */
export function describeScore(score: ScoreSummary, spanName?: string): string {
  const { name, value, label, unit, source, evaluator } = score;
  const exact = typeof value === 'number' ? `${value}${unit ? ` ${unit}` : ''}` : showScoreValue(score);
  const by = evaluator ? `${source} ${evaluator}` : source;
  return `${name} ${exact}${label ? ` (${label})` : ''}, by ${by}${spanName === undefined ? '' : `, on ${spanName}`}`;
}

/** Sorts scores given by people before all others, and otherwise keeps the order. */
export function humanFirst<Item extends Pick<ScoreSummary, 'source'>>(
  scores: readonly Item[],
): readonly Item[] {
  return scores.toSorted((a, b) => Number(b.source === HUMAN) - Number(a.source === HUMAN));
}

/** Approximate width of a chip in characters: icon, name, value and spacing. */
function widthOf(score: ScoreSummary): number {
  return score.name.length + showScoreValue(score).length + 5;
}

/** The first scores that fit into `room` characters, but at least one, which may be truncated. */
export function fitScores<Item extends ScoreSummary>(
  scores: readonly Item[],
  room: number,
): { readonly shown: readonly Item[]; readonly hidden: number } {
  let [count, left] = [0, room];
  for (const score of scores) {
    // The count of the hidden scores also needs room.
    const more = count + 1 < scores.length ? MORE : 0;
    if (count > 0 && widthOf(score) + more > left) break;
    left -= widthOf(score);
    count += 1;
  }
  return { shown: scores.slice(0, count), hidden: scores.length - count };
}

const MORE = 4;
