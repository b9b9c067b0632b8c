import { formatCount } from '@throughline/spans';
import type { ScoreSummary } from '../api/types.ts';

/** The name under which this page keeps what people think: yes is a thumb up. */
export const THUMB = 'thumb';
export const HUMAN = 'human';

/** The value as a reader takes it in at a glance; good or bad is never guessed from it. */
export function showScoreValue({ name, value, unit }: Pick<ScoreSummary, 'name' | 'value' | 'unit'>): string {
  if (typeof value === 'boolean') return name === THUMB ? (value ? 'up' : 'down') : value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  const digits =
    Math.abs(value) >= 1000 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(3)));
  return unit ? `${digits} ${unit}` : digits;
}

/** Everything a chip leaves out: `faithfulness 0.4231 (pass), by llm ragas, of generate`. */
export function describeScore(score: ScoreSummary, spanName?: string): string {
  const { name, value, label, unit, source, evaluator } = score;
  const exact = typeof value === 'number' ? `${value}${unit ? ` ${unit}` : ''}` : showScoreValue(score);
  const by = evaluator ? `${source} ${evaluator}` : source;
  return `${name} ${exact}${label ? ` (${label})` : ''}, by ${by}${spanName === undefined ? '' : `, of ${spanName}`}`;
}

/** What people said before what programs found, else in the order given. */
export function humanFirst<Item extends Pick<ScoreSummary, 'source'>>(
  scores: readonly Item[],
): readonly Item[] {
  return scores.toSorted((a, b) => Number(b.source === HUMAN) - Number(a.source === HUMAN));
}

/** About how many characters a chip takes: icon, name, value and the space around them. */
function widthOf(score: ScoreSummary): number {
  return score.name.length + showScoreValue(score).length + 5;
}

/** As many scores from the first on as fit into `room` characters; at least one, cut short if need be. */
export function fitScores<Item extends ScoreSummary>(
  scores: readonly Item[],
  room: number,
): { readonly shown: readonly Item[]; readonly hidden: number } {
  let [count, left] = [0, room];
  for (const score of scores) {
    // What is left out is counted, and that takes room too.
    const more = count + 1 < scores.length ? MORE : 0;
    if (count > 0 && widthOf(score) + more > left) break;
    left -= widthOf(score);
    count += 1;
  }
  return { shown: scores.slice(0, count), hidden: scores.length - count };
}

const MORE = 4;
