import { FilterLink } from '../filter/filter-link.tsx';
import { ABSENT } from '../format/numbers.ts';
import type { Column } from './column.ts';

const PREFIX = 'attr.';

/** Rows of lists that can show attributes. */
export interface RowWithColumns {
  readonly columns: Readonly<Record<string, string | null>>;
}

/** The columns of a list together with a column for each attribute that was chosen. */
export function withAttributes<Row>(
  columns: readonly Column<Row>[],
  chosen: readonly string[] | undefined,
): readonly Column<Row>[] {
  const ids = [...new Set(chosen ?? [])].filter((id) => id.startsWith(PREFIX) && id.length > PREFIX.length);
  return ids.length === 0 ? columns : [...columns, ...ids.map((id) => attributeColumn<Row>(id))];
}

function attributeColumn<Row>(id: string): Column<Row> {
  const key = id.slice(PREFIX.length);
  const textOf = (row: Row) => (row as Partial<RowWithColumns>).columns?.[id] ?? null;
  return {
    id,
    label: key,
    width: 120,
    render: (row) => {
      const value = textOf(row);
      return value === null ? (
        <span className="text-ink-faint">{ABSENT}</span>
      ) : (
        <FilterLink subject={{ type: 'attribute', key }} value={value} className="relative z-[1]" compact />
      );
    },
    values: (row) => {
      const value = textOf(row);
      return value === null ? [] : [{ label: id, subject: { type: 'attribute', key }, value }];
    },
  };
}
