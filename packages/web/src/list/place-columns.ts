import type { Column } from './column.ts';

/** The columns and widths that a user chose. Both are part of the address and of saved views. */
export interface ListLayout {
  /** Ids in their order, with `attr.<key>` for attributes. Absent: the columns that fit. */
  readonly columns?: readonly string[];
  /** Widths in px of columns that were resized, by id. */
  readonly widths: Readonly<Record<string, number>>;
}

export interface PlacedColumn<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

export const MIN_WIDTH = 36;
export const MAX_WIDTH = 1600;

/**
 * Selects the columns of a list and their widths. Columns that were not chosen are shown while they fit into `room` px;
 * chosen ones always, so the list may become wider than `room`. The rest of the room goes to the columns that grow.
 */
export function placeColumns<Row>(
  columns: readonly Column<Row>[],
  { columns: chosen, widths }: ListLayout,
  rows: readonly Row[],
  room: number,
): readonly PlacedColumn<Row>[] {
  const leastOf = (column: Column<Row>) =>
    widths[column.id] ?? Math.max(widthOf(column, rows), chosen ? 0 : Math.floor(room * (column.share ?? 0)));
  const shown = chosen ? chosenColumns(columns, chosen) : fittingColumns(columns, rows, room, leastOf);
  let spare = Math.max(0, room - sum(shown.map(leastOf)));
  const placed = new Map(shown.map((column) => [column.id, leastOf(column)]));
  let growing = shown.filter(({ id, grow }) => grow !== undefined && widths[id] === undefined);
  // A column that reaches its largest width leaves its share to the others.
  while (spare > 0.5 && growing.length > 0) {
    const shares = sum(growing.map(({ grow = 0 }) => grow));
    const given = spare;
    for (const { id, grow = 0, most = Number.POSITIVE_INFINITY } of growing) {
      const old = placed.get(id) ?? 0;
      const next = Math.min(Math.max(old, most), old + (given * grow) / shares);
      placed.set(id, next);
      spare -= next - old;
    }
    growing = growing.filter(({ id, most = Number.POSITIVE_INFINITY }) => (placed.get(id) ?? 0) < most - 0.5);
  }
  return shown.map((column) => ({ column, width: Math.floor(placed.get(column.id) ?? 0) }));
}

function chosenColumns<Row>(columns: readonly Column<Row>[], chosen: readonly string[]): Column<Row>[] {
  const byId = new Map(columns.map((column) => [column.id, column]));
  const found = [...new Set(chosen)].flatMap((id) => byId.get(id) ?? []);
  const link = columns.find((column) => column.link);
  return !link || found.includes(link) ? found : [link, ...found];
}

function fittingColumns<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  room: number,
  leastOf: (column: Column<Row>) => number,
): Column<Row>[] {
  const fitting = new Set<string>();
  let left = room;
  const ranked = columns
    .filter((column) => column.rank !== undefined && (column.when?.(rows) ?? true))
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  for (const column of ranked) {
    const need = leastOf(column);
    if (need > left && !column.link) continue;
    fitting.add(column.id);
    left -= need;
  }
  return columns.filter(({ id }) => fitting.has(id));
}

function widthOf<Row>({ width }: Column<Row>, rows: readonly Row[]): number {
  return typeof width === 'number' ? width : width(rows);
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
