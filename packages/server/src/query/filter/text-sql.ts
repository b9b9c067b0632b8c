import type { TextCondition } from '@throughline/spans';
import { join, type Sql, sql } from '../../clickhouse/sql.ts';

/** True if one of the texts contains all words: in order for a phrase, and for a prefix with an incomplete last word. */
export function hasTextSql(texts: readonly Sql[], { match, text }: TextCondition): Sql {
  const words = wordsOf(text);
  if (words.length === 0) return sql`false`;
  return sql`(${join(
    texts.map((each) => hasWords(each, words, match)),
    ' OR ',
  )})`;
}

function hasWords(text: Sql, words: readonly string[], match: TextCondition['match']): Sql {
  const whole = match === 'prefix' ? words.slice(0, -1) : words;
  const indexed = whole.length === 0 ? sql`` : sql`hasAllTokens(${text}, ${whole}) AND `;
  if (match !== 'prefix' && words.length === 1) return sql`hasAllTokens(${text}, ${words})`;
  const pattern = `${NOT_IN_WORD}${words.map(escapePattern).join('[^0-9a-z\\x80-\\x{10ffff}]+')}${match === 'prefix' ? '' : END_OF_WORD}`;
  return sql`(${indexed}arrayExists(each -> match(lower(replaceAll(each, '\\n', ' ')), ${pattern}), ${asList(text)}))`;
}

const NOT_IN_WORD = '(^|[^0-9a-z\\x80-\\x{10ffff}])';
const END_OF_WORD = '($|[^0-9a-z\\x80-\\x{10ffff}])';

/** Converts a single text or a list to a list. */
function asList(text: Sql): Sql {
  return sql`arrayFlatten([${text}])`;
}

function escapePattern(word: string): string {
  return word.replace(/[^\p{L}\p{N}\p{M}]/gu, '\\$&');
}

/** Splits and lowers text in the same way as the text indexes: only ASCII letters and digits form words. */
function wordsOf(text: string): string[] {
  return text
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    .split(/[^0-9a-z\u0080-\u{10ffff}]+/u)
    .filter((word) => word !== '');
}
