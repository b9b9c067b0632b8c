import type { SqlResult } from '../../api/types.ts';

/** A cell as text. Lists and maps are JSON. */
export function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Characters with which a spreadsheet begins a formula. */
const FORMULA = /^[=+\-@\t\r|]/;

/** The result as CSV (RFC 4180). A quotation mark in front of texts that look like formulas keeps spreadsheets from running them. */
export function resultToCsv({ columns, rows }: SqlResult): string {
  const cell = (value: unknown) => {
    const text = cellText(value);
    const isNumber = typeof value === 'number' || /^-?\d+(\.\d+)?$/.test(text);
    const safe = !isNumber && FORMULA.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const line = (cells: readonly unknown[]) => `${cells.map(cell).join(',')}\r\n`;
  return [columns.map(({ name }) => name), ...rows].map(line).join('');
}

/** The rows as a JSON array of objects. */
export function resultToJson({ columns, rows }: SqlResult): string {
  const objects = rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])));
  return JSON.stringify(objects, null, 2);
}

const NUMERIC = /^(?:Nullable\()?(?:LowCardinality\()?(?:U?Int\d|Float\d|Decimal|BFloat)/;

export function isNumeric(type: string): boolean {
  return NUMERIC.test(type);
}
