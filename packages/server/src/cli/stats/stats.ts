import { csvLine, formatCount, formatMeasure, type RowsOf } from '@throughline/spans';
import type { MetricsResult, MetricsRow } from '../../contract/metrics-query.ts';
import { type ApiTarget, callApi } from '../api-client.ts';
import { checkFilter } from '../check-filter.ts';
import { type CliTimeZone, localTime } from '../local-time.ts';
import { formatTable, type TableColumn } from '../table.ts';
import { printable, type Terminal } from '../terminal.ts';
import type { StatsQuestion } from './parse-stats.ts';

export interface StatsOptions extends StatsQuestion {
  readonly of: RowsOf;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly compare: boolean;
  readonly json: boolean;
  readonly csv: boolean;
}

type Column = MetricsResult['columns'][number];

/** Prints sums over spans or traces as a table, as CSV, or as the JSON of the API. */
export async function stats(
  terminal: Terminal,
  target: ApiTarget,
  { json, csv, compare, lastMs, filter, ...options }: StatsOptions,
): Promise<void> {
  checkFilter(filter, { of: options.of === 'spans' ? 'span' : 'trace' });
  const { measures, dimensions, grain, of, limit, order, from, to } = options;
  const response = await callApi(
    target,
    '/metrics/query',
    {},
    {
      method: 'POST',
      body: {
        ...{ of, measures, dimensions, limit, order, to },
        from: from ?? (lastMs === undefined ? undefined : new Date(endOf(to) - lastMs).toISOString()),
        timeZone: zoneOf(terminal.timeZone),
        ...(filter !== undefined && { q: filter }),
        ...(grain !== undefined && { grain }),
        ...(compare && { compare: 'previous' }),
      },
    },
  );
  if (json) return terminal.out(`${await response.text()}\n`);
  const result = (await response.json()) as MetricsResult;
  const rows = tableRows(result);
  if (csv) return terminal.out(toCsv(result, rows));
  terminal.out(formatTable(columnsOf(terminal, result), rows));
  if (result.incomplete) terminal.err(incompleteNote(result));
}

function endOf(to: string | undefined): number {
  return to === undefined ? Date.now() : Date.parse(to);
}

function zoneOf(zone: CliTimeZone = 'local'): string {
  return zone === 'local' ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone;
}

/** A row of the table, with the same group of the previous period. */
interface Row {
  readonly values: MetricsRow;
  readonly kind: 'group' | 'other' | 'total';
  readonly before?: MetricsRow | undefined;
}

function tableRows({ rows, other, totals, columns, previous }: MetricsResult): Row[] {
  const hasLabels = columns.some(({ type }) => type === 'label');
  const hasTime = columns.some(({ type }) => type === 'time');
  const dimensions = columns.filter((column) => column.type !== 'time' && !isMeasure(column));
  const keyOf = (row: MetricsRow) => JSON.stringify(dimensions.map(({ name }) => row[name]));
  const before = new Map(hasTime ? [] : previous?.rows.map((row) => [keyOf(row), row]));
  const groups = rows.map((values): Row => ({ values, kind: 'group', before: before.get(keyOf(values)) }));
  if (!hasLabels && !hasTime) return groups;
  return [
    ...groups,
    ...(other ? [{ values: other.total, kind: 'other' as const, before: previous?.other?.total }] : []),
    { values: totals, kind: 'total', before: previous?.totals },
  ];
}

function columnsOf(terminal: Terminal, result: MetricsResult): TableColumn<Row>[] {
  const first = result.columns[0]?.name;
  const columns = result.columns.map((column): TableColumn<Row> => {
    if (column.type === 'number' && column.name.includes('.') && column.unit !== null)
      return {
        title: column.name.toUpperCase(),
        align: 'right',
        text: (row) => valueText(row.values, column),
      };
    return {
      title: column.name.toUpperCase(),
      text: (row) =>
        placeText(row, column, { result, isFirst: column.name === first, zone: terminal.timeZone }),
    };
  });
  if (!result.previous || result.columns.some(({ type }) => type === 'time')) return columns;
  return [...columns, ...result.columns.filter(isMeasure).map(changeColumn)];
}

function isMeasure({ type, name }: Column): boolean {
  return type === 'number' && name.includes('.');
}

/** `≥` means that some calls have no known price, so the cost is a lower bound. */
function valueText(row: MetricsRow, { name, unit }: Column): string {
  const value = row[name];
  if (typeof value !== 'number') return '–';
  const isLowerBound = unit?.startsWith('usd') === true && Number(row.unpricedCalls ?? 0) > 0;
  return `${isLowerBound ? '≥ ' : ''}${formatMeasure(value, unit ?? 'none')}`;
}

function placeText(
  { values, kind }: Row,
  { name, type, unit }: Column,
  { result, isFirst, zone }: { result: MetricsResult; isFirst: boolean; zone: string | undefined },
): string {
  if (kind === 'total') return isFirst ? 'total' : '';
  const value = values[name];
  if (kind === 'other' && value === undefined) {
    const count = result.other?.groups;
    return isFirst ? `other${count ? ` (${count})` : ''}` : '';
  }
  if (value === null || value === undefined) return '–';
  if (type === 'time') return localTime(String(value), zone).slice(0, result.grain === 'day' ? 10 : 16);
  return typeof value === 'number' ? formatMeasure(value, unit ?? 'none') : printable(value, 60);
}

function changeColumn({ name }: Column): TableColumn<Row> {
  return {
    title: 'CHANGE',
    align: 'right',
    text: ({ values, before }) => {
      const [now, then] = [values[name], before?.[name]];
      if (typeof now !== 'number' || typeof then !== 'number' || then === 0) return '–';
      const percent = ((now - then) / then) * 100;
      return `${percent >= 0 ? '+' : '−'}${Math.abs(percent).toFixed(Math.abs(percent) < 10 ? 1 : 0)} %`;
    },
  };
}

/** All rows as CSV. Numbers are not rounded; the rows of all other groups have the value `other`. */
function toCsv({ columns, other }: MetricsResult, rows: readonly Row[]): string {
  const names = columns.map(({ name }) => name);
  const hasUnpriced = rows.some(({ values }) => values.unpricedCalls !== undefined);
  const header = [...names, ...(hasUnpriced ? ['unpricedCalls'] : [])];
  const labels = new Set(columns.filter(({ type }) => type === 'label').map(({ name }) => name));
  const byTime = names.includes('time')
    ? (other?.rows ?? [])
    : rows.filter(({ kind }) => kind === 'other').map(({ values }) => values);
  const lines = [
    ...rows.filter(({ kind }) => kind === 'group').map(({ values }) => header.map((name) => values[name])),
    ...byTime.map((values) => header.map((name) => (labels.has(name) ? 'other' : values[name]))),
  ];
  return [header, ...lines].map(csvLine).join('');
}

function incompleteNote({ unpricedCalls, unpricedModels }: MetricsResult): string {
  const models =
    unpricedModels.length === 0 ? '' : ` (${unpricedModels.map((each) => printable(each, 40)).join(', ')})`;
  return `≥: ${formatCount(unpricedCalls)} ${unpricedCalls === 1 ? 'call has' : 'calls have'} no known price${models}.\n`;
}
