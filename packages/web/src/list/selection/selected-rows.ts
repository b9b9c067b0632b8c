import type { RowTarget } from './row-target.ts';

/** The selected rows of a list. They stay selected while the list is scrolled and refreshed. */
export interface SelectedRows {
  readonly targets: ReadonlyMap<string, RowTarget>;
  /** The row from which a range is extended. */
  readonly anchor?: string | undefined;
}

export const NOTHING_SELECTED: SelectedRows = { targets: new Map() };

/** The rows of a list, in its order. */
export type ListedTargets = readonly (readonly [key: string, target: RowTarget])[];

export function toggleRow({ targets }: SelectedRows, rows: ListedTargets, key: string): SelectedRows {
  const next = new Map(targets);
  const row = rows.find(([each]) => each === key);
  if (next.has(key)) next.delete(key);
  else if (row) next.set(...row);
  return { targets: next, anchor: key };
}

/** Selects all rows between the anchor and a row. */
export function extendTo(selected: SelectedRows, rows: ListedTargets, key: string): SelectedRows {
  const end = rows.findIndex(([each]) => each === key);
  const anchor = rows.findIndex(([each]) => each === selected.anchor);
  if (end < 0) return selected;
  const start = anchor < 0 ? end : anchor;
  const range = rows.slice(Math.min(start, end), Math.max(start, end) + 1);
  return { targets: new Map([...selected.targets, ...range]), anchor: rows[start]?.[0] };
}

/** Selects all rows, or none if all are selected. */
export function toggleAll({ targets }: SelectedRows, rows: ListedTargets): SelectedRows {
  return rows.every(([key]) => targets.has(key))
    ? NOTHING_SELECTED
    : { targets: new Map([...targets, ...rows]) };
}
