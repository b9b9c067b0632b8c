/** Rows of a comparison in the order of the page: single rows, and runs of rows without a difference. */
export type FoldedRow<Row> =
  | { readonly kind: 'row'; readonly row: Row; readonly index: number }
  | { readonly kind: 'fold'; readonly index: number; readonly count: number };

/** Shorter runs are shown, because a fold would take as much room. */
const LEAST_FOLD = 3;

/** Folds runs of rows without a difference, except those that the reader opened (by the index of their first row). */
export function foldRows<Row>(
  rows: readonly Row[],
  isSame: (row: Row) => boolean,
  opened: ReadonlySet<number>,
): readonly FoldedRow<Row>[] {
  const folded: FoldedRow<Row>[] = [];
  for (let i = 0; i < rows.length; ) {
    let end = i;
    while (end < rows.length && isSame(rows[end] as Row)) end++;
    const count = end - i;
    if (count >= LEAST_FOLD && !opened.has(i)) folded.push({ kind: 'fold', index: i, count });
    else for (let k = i; k < end; k++) folded.push({ kind: 'row', row: rows[k] as Row, index: k });
    if (end < rows.length) folded.push({ kind: 'row', row: rows[end] as Row, index: end });
    i = end + 1;
  }
  return folded;
}
