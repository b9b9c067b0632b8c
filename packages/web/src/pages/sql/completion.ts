import type { SqlTable } from '../../api/types.ts';

export interface SqlOption {
  readonly text: string;
  /** `table`, `keyword`, or the type of a column. */
  readonly detail: string;
}

/** A part of the statement that an option can replace, and the options. */
export interface SqlCompletion {
  readonly from: number;
  readonly to: number;
  readonly options: readonly SqlOption[];
}

const KEYWORDS = [
  'SELECT',
  'FROM',
  'WHERE',
  'GROUP BY',
  'ORDER BY',
  'LIMIT',
  'HAVING',
  'WITH',
  'JOIN',
  'LEFT JOIN',
  'ARRAY JOIN',
  'UNION ALL',
  'AND',
  'OR',
  'NOT',
  'IN',
  'LIKE',
  'BETWEEN',
  'IS NULL',
  'DESC',
  'count()',
  'countIf(',
  'sum(',
  'sumIf(',
  'avg(',
  'quantile(0.95)(',
  'uniq(',
  'toStartOfHour(',
  'toStartOfDay(',
];

const MAX_OPTIONS = 8;

/**
 * Names that continue the word before the cursor: tables, columns of the tables that the statement mentions (of all tables if
 * it mentions none), and keywords. Undefined if nothing fits.
 */
export function completeSql(
  text: string,
  cursor: number,
  tables: readonly SqlTable[],
): SqlCompletion | undefined {
  const [word = ''] = /\w+$/.exec(text.slice(0, cursor)) ?? [];
  if (word === '' || /\w/.test(text[cursor] ?? '') || isInText(text.slice(0, cursor))) return undefined;
  const mentioned = tables.filter(({ name }) =>
    new RegExp(`\\b${name}\\b`, 'i').test(text.slice(0, cursor - word.length) + text.slice(cursor)),
  );
  const columns = (mentioned.length > 0 ? mentioned : tables).flatMap((table) => table.columns);
  const all: SqlOption[] = [
    ...tables.map(({ name }) => ({ text: name, detail: 'table' })),
    ...columns.map(({ name, type }) => ({ text: name, detail: type })),
    ...KEYWORDS.map((keyword) => ({ text: keyword, detail: 'keyword' })),
  ];
  const seen = new Set<string>();
  const options = all.filter(({ text: option }) => {
    const fits = option.toLowerCase().startsWith(word.toLowerCase()) && option !== word && !seen.has(option);
    if (fits) seen.add(option);
    return fits;
  });
  if (options.length === 0) return undefined;
  return { from: cursor - word.length, to: cursor, options: options.slice(0, MAX_OPTIONS) };
}

/** Whether the cursor is inside of a text in quotation marks. */
function isInText(before: string): boolean {
  return (before.replaceAll(/\\./g, '').match(/'/g)?.length ?? 0) % 2 === 1;
}

/** The statement with an option in place, and the position of the cursor after it. */
export function acceptOption(
  text: string,
  { from, to }: SqlCompletion,
  option: SqlOption,
): { readonly text: string; readonly cursor: number } {
  const space = /[\w)]$/.test(option.text) && !/^[\s,)]/.test(text.slice(to)) ? ' ' : '';
  const inserted = option.text + space;
  return { text: text.slice(0, from) + inserted + text.slice(to), cursor: from + inserted.length };
}
