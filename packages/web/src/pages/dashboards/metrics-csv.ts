import { csvLine } from '@throughline/spans';
import type { MetricsResult, MetricsRow } from '../../api/types.ts';

/** All rows of a result. Numbers are not rounded, and the rows of all other groups have `other` as their label. */
export function metricsToCsv({ columns, rows, other }: MetricsResult): string {
  const names = columns.map(({ name }) => name);
  const labels = new Set(columns.filter(({ type }) => type === 'label').map(({ name }) => name));
  const isByPlace = columns.some(
    ({ type, name }) => type === 'time' || (type === 'number' && !name.includes('.')),
  );
  const others: readonly MetricsRow[] = other ? (isByPlace ? other.rows : [other.total]) : [];
  const hasUnpriced = rows.some((row) => row.unpricedCalls !== undefined);
  const header = [...names, ...(hasUnpriced ? ['unpricedCalls'] : [])];
  return [
    header,
    ...rows.map((row) => header.map((name) => row[name])),
    ...others.map((row) => header.map((name) => (labels.has(name) ? 'other' : row[name]))),
  ]
    .map(csvLine)
    .join('');
}
