import type { LiveRow } from './list-spec.ts';

/** Whether the list shows at least one of the rows. */
export function touches(keys: readonly (string | null)[], shown: ReadonlySet<string>): boolean {
  return keys.some((key) => key !== null && shown.has(key));
}

/**
 * Keys of the rows that a list does not show yet. If the list has further pages that are not loaded, `since` is the start of
 * the oldest row it shows: rows before it belong to those pages and are not new.
 */
export function newRowKeys(
  rows: readonly LiveRow[],
  shown: ReadonlySet<string>,
  since: string | undefined,
): readonly string[] {
  const fresh = rows.filter(
    ({ key, startTime }) => !shown.has(key) && !(since !== undefined && startTime < since),
  );
  return [...new Set(fresh.map(({ key }) => key))];
}
