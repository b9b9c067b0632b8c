import { searchPatternRe2, searchWordsOf, type TextCondition } from '@throughline/spans';
import { and, type Sql, sql } from '../../clickhouse/sql.ts';

/** Maximum number of words that the index looks up at once. */
const MAX_TOKENS = 64;

/**
 * A condition on `search_text` that is true if it contains the words of the text. Complete words are looked up in the index;
 * their order, and words of which only the start is known, are tested in the text.
 */
export function hasTextSql(condition: TextCondition): Sql {
  const search = searchWordsOf(condition);
  const { words, isPrefix } = search;
  const last = words.at(-1);
  if (last === undefined) return sql`false`;
  const whole = [...new Set(isPrefix ? words.slice(0, -1) : words)].slice(0, MAX_TOKENS);
  const conditions: Sql[] = [];
  if (whole.length > 0) conditions.push(sql`hasAllTokens(search_text, ${whole})`);
  // Folded words contain no wildcards.
  else conditions.push(sql`search_text LIKE ${`%${last}%`}`);
  if (isPrefix || words.length > 1) conditions.push(sql`match(search_text, ${searchPatternRe2(search)})`);
  return and(conditions);
}
