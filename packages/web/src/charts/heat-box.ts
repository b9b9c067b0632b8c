/** A cell of a heat map. Row 0 is the lowest. */
export interface HeatCell {
  readonly column: number;
  readonly row: number;
}

/** A selected box: its cells from the first to the last column and row, both included. */
export interface HeatBox {
  readonly columns: readonly [first: number, last: number];
  readonly rows: readonly [first: number, last: number];
}

/** The box between two opposite corners. */
export function boxBetween(a: HeatCell, b: HeatCell): HeatBox {
  return {
    columns: [Math.min(a.column, b.column), Math.max(a.column, b.column)],
    rows: [Math.min(a.row, b.row), Math.max(a.row, b.row)],
  };
}

/** The cell at a point, given as shares of width and height from the top left. Points outside are moved to the edge. */
export function cellAt(x: number, y: number, columns: number, rows: number): HeatCell {
  const index = (share: number, count: number) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  return { column: index(x, columns), row: rows - 1 - index(y, rows) };
}

/** The cell after a step with the arrow keys, at most the last one in each direction. */
export function stepTo(cell: HeatCell, key: string, columns: number, rows: number): HeatCell | undefined {
  const move: Readonly<Record<string, readonly [number, number]>> = {
    ArrowLeft: [-1, 0],
    ArrowRight: [1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  };
  const [dx, dy] = move[key] ?? [];
  if (dx === undefined || dy === undefined) return undefined;
  return {
    column: Math.max(0, Math.min(columns - 1, cell.column + dx)),
    row: Math.max(0, Math.min(rows - 1, cell.row + dy)),
  };
}

/** Position on a colour scale of five steps, 0 to 4, by the logarithm of the count. */
export function heatStep(count: number, most: number): number {
  if (most <= 1) return 4;
  return Math.min(4, Math.floor((Math.log(count) / Math.log(most)) * 5));
}
