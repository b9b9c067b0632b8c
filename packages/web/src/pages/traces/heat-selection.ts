import { parseFilter, printFilter } from '@throughline/spans';
import type { TraceHeatMap } from '../../api/types.ts';
import type { HeatBox } from '../../charts/heat-box.ts';
import { parseTimestamp } from '../../format/timestamp.ts';

/** A box of a heat map in its own units, independent of the width of its cells. */
export interface HeatSelection {
  readonly fromMs: number;
  /** Exclusive. */
  readonly toMs: number;
  /** In milliseconds or US dollars. */
  readonly low: number;
  /** Exclusive. */
  readonly high: number;
}

/** Formats the selection for the address: `1796040000000..1796040060000,1000..2000`. */
export function printSelection({ fromMs, toMs, low, high }: HeatSelection): string {
  return `${fromMs}..${toMs},${low}..${high}`;
}

/** Undefined if the text is not a selection. */
export function parseSelection(text: string | undefined): HeatSelection | undefined {
  const numbers = (text ?? '').split(/,|\.\.(?=\d)/).map(Number);
  const [fromMs, toMs, low, high] = numbers;
  if (numbers.length !== 4 || !numbers.every(Number.isFinite)) return undefined;
  if (fromMs === undefined || toMs === undefined || low === undefined || high === undefined) return undefined;
  return fromMs < toMs && low < high ? { fromMs, toMs, low, high } : undefined;
}

export function selectionOf(map: TraceHeatMap, { columns, rows }: HeatBox): HeatSelection | undefined {
  const [first, last] = [map.columns[columns[0]], map.columns[columns[1]]];
  const [bottom, top] = [map.rows[rows[0]], map.rows[rows[1]]];
  if (!first || !last || !bottom || !top) return undefined;
  const [fromMs, lastMs] = [msOf(first), msOf(last)];
  return { fromMs, toMs: lastMs + map.bucketSeconds * 1000, low: bottom.low, high: top.high };
}

/** The cells that a selection touches. Undefined if it lies outside the map. */
export function boxOf(map: TraceHeatMap, { fromMs, toMs, low, high }: HeatSelection): HeatBox | undefined {
  const inTime = map.columns.flatMap((start, index) => {
    const startMs = msOf(start);
    return startMs < toMs && startMs + map.bucketSeconds * 1000 > fromMs ? [index] : [];
  });
  const inRange = map.rows.flatMap((row, index) => (row.low < high && row.high > low ? [index] : []));
  const [firstColumn, firstRow] = [inTime[0], inRange[0]];
  if (firstColumn === undefined || firstRow === undefined) return undefined;
  return {
    columns: [firstColumn, inTime.at(-1) ?? firstColumn],
    rows: [firstRow, inRange.at(-1) ?? firstRow],
  };
}

/** The filter for the selected traces, without their time: `latency>=1s latency<2s`. */
export function filterOfSelection(measure: 'latency' | 'cost', { low, high }: HeatSelection): string {
  const subject = { type: 'field', field: measure } as const;
  return printFilter({
    type: 'and',
    operands: [
      { type: 'number', subject, test: { type: 'compare', comparison: '>=', value: low } },
      { type: 'number', subject, test: { type: 'compare', comparison: '<', value: high } },
    ],
  });
}

/** Joins two filters, so that both have to match. */
export function bothFilters(filter: string, other: string): string {
  const [a, b] = [parseFilter(filter), parseFilter(other)];
  if (!a.ok || a.filter === undefined) return other;
  if (!b.ok || b.filter === undefined) return filter;
  return printFilter({
    type: 'and',
    operands: [a.filter, b.filter].flatMap((each) => (each.type === 'and' ? each.operands : [each])),
  });
}

const msOf = (time: string): number => parseTimestamp(time)?.epochMs ?? 0;
