import { ArrowDown, ArrowUp } from 'lucide-react';
import { type DragEvent, type KeyboardEvent, type PointerEvent, type ReactNode, useRef } from 'react';
import { MAX_WIDTH, MIN_WIDTH, type PlacedColumn } from './place-columns.ts';
import { BOX_WIDTH } from './selection/select-box.tsx';

interface HeaderRowProps<Row> {
  /** The box that selects all rows. Absent: rows cannot be selected. */
  readonly box?: ReactNode;
  readonly columns: readonly PlacedColumn<Row>[];
  readonly sort: string;
  readonly onSort: (field: string) => void;
  /** `done` is false while the pointer is moving. */
  readonly onResize: (id: string, width: number, done: boolean) => void;
  /** Moves a column to the position of another one. */
  readonly onMove: (id: string, to: number) => void;
}

const STEP = 16;
const MOVED = 'application/x-throughline-column';

/** The header of a list. A click sorts; columns are resized and moved with the pointer or the keyboard. */
export function HeaderRow<Row>({ box, columns, sort, onSort, onResize, onMove }: HeaderRowProps<Row>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the table around it.
    <div role="rowgroup" className="sticky top-0 z-10 min-w-full border-b border-line bg-page">
      {/* biome-ignore lint/a11y/useSemanticElements: part of the table around it. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons take the focus. */}
      <div role="row" aria-rowindex={1} className="flex h-7.75 items-stretch text-small text-ink-faint">
        {box && (
          // biome-ignore lint/a11y/useSemanticElements: part of the table around it.
          // biome-ignore lint/a11y/useFocusableInteractive: the box inside takes the focus.
          <div role="columnheader" aria-label="Selection" className="shrink-0" style={{ width: BOX_WIDTH }}>
            {box}
          </div>
        )}
        {columns.map((placed, index) => (
          <HeaderCell
            key={placed.column.id}
            placed={placed}
            sort={sort}
            onSort={onSort}
            onResize={onResize}
            onMove={(id, by) => onMove(id, index + by)}
            onDropped={(id) => onMove(id, index)}
          />
        ))}
      </div>
    </div>
  );
}

interface HeaderCellProps<Row> extends Pick<HeaderRowProps<Row>, 'sort' | 'onSort' | 'onResize'> {
  readonly placed: PlacedColumn<Row>;
  readonly onMove: (id: string, by: number) => void;
  readonly onDropped: (id: string) => void;
}

function HeaderCell<Row>({ placed, sort, onSort, onResize, onMove, onDropped }: HeaderCellProps<Row>) {
  const { column, width } = placed;
  const sorted = column.sort !== undefined && column.sort === sort.replace('-', '');
  const descending = sort.startsWith('-');
  const Arrow = descending ? ArrowDown : ArrowUp;
  const resize = (by: number) => onResize(column.id, clamp(width + by), true);
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (direction === undefined || !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.ctrlKey || event.metaKey) onMove(column.id, direction);
    else resize(direction * STEP);
  };
  const drag = {
    draggable: true,
    onDragStart: (event: DragEvent) => event.dataTransfer.setData(MOVED, column.id),
    onDragOver: (event: DragEvent) => {
      if (event.dataTransfer.types.includes(MOVED)) event.preventDefault();
    },
    onDrop: (event: DragEvent) => {
      const id = event.dataTransfer.getData(MOVED);
      if (id !== '' && id !== column.id) onDropped(id);
    },
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the table around it.
    // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus.
    <div
      role="columnheader"
      {...(sorted && { 'aria-sort': descending ? 'descending' : 'ascending' })}
      data-column={column.id}
      className={`relative flex shrink-0 items-center px-2 first:pl-3 ${column.end ? 'justify-end' : ''}`}
      style={{ width }}
      {...drag}
    >
      <button
        type="button"
        className={`inline-flex min-w-0 items-center gap-0.5 ${column.sort ? 'hover:text-ink' : 'cursor-default'} ${sorted ? 'text-ink' : ''}`}
        title={`${column.label}${column.sort ? ': click to sort' : ''}\nShift+← → resizes, Ctrl+Shift+← → moves`}
        onClick={() => column.sort && onSort(column.sort)}
        onKeyDown={onKeyDown}
      >
        {sorted && <Arrow size={12} className="shrink-0" aria-hidden />}
        <span className={column.bare ? 'sr-only' : 'truncate'}>{column.label}</span>
        {column.bare && <span aria-hidden className="size-2.5 rounded-full border border-line-strong" />}
      </button>
      <ResizeHandle width={width} onResize={(next, done) => onResize(column.id, next, done)} />
    </div>
  );
}

/** The edge of a header cell. Only for the pointer: the keyboard resizes with the button of the cell. */
function ResizeHandle({
  width,
  onResize,
}: {
  width: number;
  onResize: (width: number, done: boolean) => void;
}) {
  const start = useRef<{ readonly x: number; readonly width: number } | null>(null);
  const at = (event: PointerEvent) =>
    start.current ? clamp(start.current.width + event.clientX - start.current.x) : undefined;
  return (
    <span
      aria-hidden
      data-resize
      draggable
      // The cell is draggable, but its edge is not.
      onDragStart={(event) => {
        event.preventDefault();
        event.stopPropagation();
      }}
      className="absolute inset-y-0 -right-1 z-10 w-2.25 cursor-col-resize touch-none before:absolute before:inset-y-1.5 before:left-1 before:w-px before:bg-line hover:before:inset-y-0 hover:before:bg-accent"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width };
        event.stopPropagation();
      }}
      onPointerMove={(event) => {
        const next = at(event);
        if (next !== undefined) onResize(next, false);
      }}
      onPointerUp={(event) => {
        const next = at(event);
        start.current = null;
        if (next !== undefined) onResize(next, true);
      }}
    />
  );
}

function clamp(width: number): number {
  return Math.round(Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, width)));
}
