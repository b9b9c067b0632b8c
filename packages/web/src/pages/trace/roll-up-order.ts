import type { RollUpRow } from '@throughline/spans';

/** Columns of the totals that can be sorted. */
export const ROLL_UP_COLUMNS = [
  'label',
  'count',
  'criticalMs',
  'selfMs',
  'totalMs',
  'p50Ms',
  'maxMs',
  'tokens',
  'costUsd',
  'errors',
] as const;
export type RollUpColumn = (typeof ROLL_UP_COLUMNS)[number];

export interface RollUpOrder {
  readonly column: RollUpColumn;
  readonly descending: boolean;
}

const DEFAULT_ORDER: RollUpOrder = { column: 'criticalMs', descending: true };

/** Parses an order such as `-costUsd`. Anything else is the default: most of the critical path first. */
export function parseRollUpOrder(text: string | undefined): RollUpOrder {
  const descending = text?.startsWith('-') ?? false;
  const column = ROLL_UP_COLUMNS.find((each) => each === (descending ? text?.slice(1) : text));
  return column ? { column, descending } : DEFAULT_ORDER;
}

/** The order after a click on the title of a column: descending first for figures, ascending first for names. */
export function nextRollUpOrder(order: RollUpOrder, column: RollUpColumn): string {
  const descending = order.column === column ? !order.descending : column !== 'label';
  return `${descending ? '-' : ''}${column}`;
}

/** Sorts rows. Rows without a value come last in both directions. */
export function sortRollUp(rows: readonly RollUpRow[], { column, descending }: RollUpOrder): RollUpRow[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [left, right] = [a[column], b[column]];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (typeof left === 'string' ? left.localeCompare(String(right)) : left - Number(right));
  });
}
