import type { ReactNode } from 'react';
import type { ValueSubject } from '../filter/conditions.ts';

/** Data that a cell needs in addition to its row. */
export interface CellContext {
  readonly nowMs: number;
  /** Duration whose bar has the full width of the cell. */
  readonly fullMs: number;
}

/** A value of a row that can be filtered by. */
export interface RowValue {
  readonly label: string;
  readonly subject: ValueSubject;
  readonly value: string;
}

/** A column of a list. Users choose, order and resize columns; these are the defaults. */
export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  /** Width in px. For a column that grows, its smallest width. */
  readonly width: number | ((rows: readonly Row[]) => number);
  /** Share of the remaining width. Absent: the column does not grow. */
  readonly grow?: number;
  /** Largest width in px of a column that grows. */
  readonly most?: number;
  /** Part of the list, 0 to 1, that stays free for this column when the list decides which columns fit. */
  readonly share?: number;
  /** Aligned to the right, as numbers are. */
  readonly end?: boolean;
  /** Columns with a low rank are shown first if not all of them fit. Absent: the column is shown only if it was chosen. */
  readonly rank?: number;
  /** Whether the column has anything to show for these rows. Columns that were chosen are shown in any case. */
  readonly when?: (rows: readonly Row[]) => boolean;
  /** The value of the API's `sort`, without the minus. */
  readonly sort?: string;
  /** Whether the cell contains the link of the row. Exactly one column does, and it cannot be removed. */
  readonly link?: boolean;
  /** Whether the header shows nothing, because the column is too narrow for its label. */
  readonly bare?: boolean;
  readonly render: (row: Row, context: CellContext) => ReactNode;
  /** Content after the link of the row in its cell. */
  readonly after?: (row: Row, shown: (id: string) => boolean) => ReactNode;
  /** Values of the cell for "filter by this". */
  readonly values?: (row: Row) => readonly RowValue[];
}
