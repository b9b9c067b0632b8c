/** A column of a text table. */
export interface TableColumn<Row> {
  readonly title: string;
  readonly align?: 'right';
  readonly text: (row: Row) => string;
  /** Applied after the text is padded, so that colour codes do not affect the width. */
  readonly paint?: (padded: string, row: Row) => string;
}

/** Formats aligned columns that are two spaces apart, without spaces at the ends of lines. */
export function formatTable<Row>(columns: readonly TableColumn<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => column.text(row)));
  const widths = columns.map((column, index) =>
    cells.reduce((width, line) => Math.max(width, line[index]?.length ?? 0), column.title.length),
  );
  const pad = (text: string, index: number) => {
    const width = widths[index] ?? 0;
    return columns[index]?.align === 'right' ? text.padStart(width) : text.padEnd(width);
  };
  const header = columns.map((column, index) => pad(column.title, index)).join('  ');
  const lines = cells.map((line, at) =>
    line
      .map((text, index) => {
        const padded = pad(text, index);
        return columns[index]?.paint?.(padded, rows[at] as Row) ?? padded;
      })
      .join('  '),
  );
  return `${[header, ...lines].map((line) => line.trimEnd()).join('\n')}\n`;
}
