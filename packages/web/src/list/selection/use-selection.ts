import { useMemo, useState } from 'react';
import type { ListSpec } from '../list-spec.ts';
import { extendTo, type ListedTargets, NOTHING_SELECTED, toggleAll, toggleRow } from './selected-rows.ts';

/** The selection of a list and how it changes. Undefined if its rows cannot be selected. */
export function useSelection<Row>({ targetOf, keyOf }: ListSpec<Row>, rows: readonly Row[]) {
  const [selected, setSelected] = useState(NOTHING_SELECTED);
  const listed = useMemo<ListedTargets>(
    () => (targetOf ? rows.map((row) => [keyOf(row), targetOf(row)] as const) : []),
    [rows, keyOf, targetOf],
  );
  if (!targetOf) return undefined;
  return {
    targets: selected.targets,
    allShown: listed.length > 0 && listed.every(([key]) => selected.targets.has(key)),
    toggle: (key: string) => setSelected((old) => toggleRow(old, listed, key)),
    /** Selects all rows from the last toggled one to this one. `from` is where the range begins if none was toggled. */
    extend: (key: string, from?: string) =>
      setSelected((old) => extendTo(old.anchor === undefined ? { ...old, anchor: from } : old, listed, key)),
    toggleAll: () => setSelected((old) => toggleAll(old, listed)),
    replace: (rowsToSelect: ListedTargets) => setSelected({ targets: new Map(rowsToSelect) }),
    clear: () => setSelected(NOTHING_SELECTED),
  };
}

export type Selection = NonNullable<ReturnType<typeof useSelection>>;
