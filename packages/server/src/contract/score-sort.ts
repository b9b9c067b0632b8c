import { z } from 'zod';

/** An order by the numbers and booleans of the scores with a name. */
export type ScoreNameSort = `score.${string}` | `-score.${string}`;

const SCORE_SORT = /^-?score\.[^\p{C}]{1,200}$/u;

export function isScoreSort(sort: string): sort is ScoreNameSort {
  return SCORE_SORT.test(sort);
}

/** The name of the score of an order. */
export function scoreOfSort(sort: ScoreNameSort): string {
  return sort.slice(sort.indexOf('.') + 1);
}

/** One of these orders, or one by a score, such as `-score.faithfulness`. */
export function sortOf<Sort extends string>(sorts: readonly Sort[], what: string) {
  const fields = sorts.filter((sort) => !sort.startsWith('-')).join(', ');
  const byScore = z.string().regex(SCORE_SORT) as unknown as z.ZodType<ScoreNameSort, ScoreNameSort>;
  return z
    .union([z.enum(sorts as readonly [Sort, ...Sort[]]), byScore], {
      error: `expected one of ${fields} or score.<name>, after a minus for descending order`,
    })
    .describe(`A minus means descending order. \`score.<name>\` sorts by the scores with a name. ${what}`);
}
