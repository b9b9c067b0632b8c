import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type PointerEvent, type RefObject, useEffect, useMemo, useState } from 'react';
import { useNow } from '../ui/use-now.ts';
import { useSize } from '../ui/use-size.ts';
import type { CellContext } from './column.ts';
import { HeaderRow } from './header-row.tsx';
import type { LinkFrom, ListSpec } from './list-spec.ts';
import { type ListLayout, type PlacedColumn, placeColumns } from './place-columns.ts';
import { BOX_WIDTH, SelectBox } from './selection/select-box.tsx';
import type { Selection } from './selection/use-selection.ts';
import { withMoved } from './with-moved.ts';

interface ListTableProps<Row> {
  readonly spec: ListSpec<Row>;
  readonly rows: readonly Row[];
  readonly from: LinkFrom;
  readonly sort: string;
  readonly onSort: (field: string) => void;
  readonly layout: ListLayout;
  readonly onLayout: (layout: ListLayout) => void;
  /** Key of the row that the keyboard shortcuts apply to; undefined if there is none yet. */
  readonly activeKey: string | undefined;
  readonly onActivate: (key: string) => void;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly initialOffset: number;
  readonly hasMore: boolean;
  readonly onMore: () => void;
  readonly faint: boolean;
  /** Absent: rows cannot be selected. */
  readonly selection: Selection | undefined;
}

const ROW_HEIGHT = 32;

/** A list of rows. Only visible rows are rendered, and each row is a link. */
export function ListTable<Row>(props: ListTableProps<Row>) {
  const { spec, rows, scroller, activeKey, hasMore, onMore, layout, onLayout, selection } = props;
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 16,
    initialOffset: props.initialOffset,
    scrollPaddingStart: ROW_HEIGHT,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= rows.length - 30) onMore();
  }, [hasMore, last, rows.length, onMore]);

  const activeIndex = useMemo(
    () => (activeKey === undefined ? -1 : rows.findIndex((row) => spec.keyOf(row) === activeKey)),
    [rows, activeKey, spec],
  );
  useEffect(() => {
    if (activeIndex >= 0) virtualizer.scrollToIndex(activeIndex, { align: 'auto' });
  }, [activeIndex, virtualizer]);

  const boxes = selection ? BOX_WIDTH : 0;
  const { width } = useSize(scroller);
  const room = Math.max(0, width - boxes);
  const [resized, setResized] = useState<Readonly<Record<string, number>>>({});
  const widths = useMemo(() => ({ ...layout.widths, ...resized }), [layout.widths, resized]);
  const columns = useMemo(
    () => placeColumns(spec.columns, { ...layout, widths }, rows, room),
    [spec, layout, widths, rows, room],
  );
  const total = columns.reduce((sum, { width }) => sum + width, boxes);
  const nowMs = useNow(useMemo(() => rows.some((row) => spec.isRunning?.(row)), [rows, spec]));
  const fullMs = useMemo(() => fullDuration(rows, spec), [rows, spec]);
  const context = useMemo<CellContext>(() => ({ nowMs, fullMs }), [nowMs, fullMs]);
  const onResize = (id: string, width: number, done: boolean) => {
    setResized(done ? {} : { [id]: width });
    if (done) onLayout({ ...layout, widths: { ...layout.widths, [id]: width } });
  };
  const onMove = (id: string, to: number) => {
    const ids = columns.map(({ column }) => column.id);
    onLayout({ ...layout, columns: withMoved(ids, id, to) });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element would need all its rows, but only the visible ones are rendered.
    <div
      ref={scroller}
      role="table"
      aria-label={spec.title}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users must be able to scroll this element.
      tabIndex={0}
      className={`min-h-0 flex-1 overflow-auto ${props.faint ? 'opacity-50' : ''}`}
    >
      <div style={{ minWidth: total }}>
        <HeaderRow
          box={
            selection && (
              <SelectBox
                label={`Select all ${spec.nouns[1]} of the list`}
                checked={selection.allShown || (selection.targets.size > 0 && 'mixed')}
                onToggle={selection.toggleAll}
                tabbable
              />
            )
          }
          columns={columns}
          sort={props.sort}
          onSort={props.onSort}
          onResize={onResize}
          onMove={onMove}
        />
        {/* biome-ignore lint/a11y/useSemanticElements: part of the table above. */}
        <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => (
            <ListRow
              key={item.key}
              spec={spec}
              index={item.index}
              top={item.start}
              row={rows[item.index] as Row}
              from={props.from}
              active={item.index === activeIndex}
              onActivate={props.onActivate}
              context={context}
              columns={columns}
              selection={selection}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

interface ListRowProps<Row> {
  readonly spec: ListSpec<Row>;
  readonly index: number;
  readonly top: number;
  readonly row: Row;
  readonly from: LinkFrom;
  readonly active: boolean;
  readonly onActivate: (key: string) => void;
  readonly context: CellContext;
  readonly columns: readonly PlacedColumn<Row>[];
  readonly selection: Selection | undefined;
}

function ListRow<Row>(props: ListRowProps<Row>) {
  const { spec, columns, index, top, row, from, active, onActivate, context, selection } = props;
  const key = spec.keyOf(row);
  const selected = selection?.targets.has(key) ?? false;
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the table above.
    // biome-ignore lint/a11y/useFocusableInteractive: the link inside takes the focus.
    <div
      role="row"
      aria-rowindex={index + 2}
      data-row={key}
      {...{ [`data-${spec.nouns[0]}`]: key }}
      data-active={active || undefined}
      data-selected={selected || undefined}
      className="group/row absolute inset-x-0 flex h-8 items-stretch border-b border-line/60 hover:bg-hover data-active:bg-selected data-selected:bg-selected"
      style={{ transform: `translateY(${top}px)` }}
      onPointerMove={explainBelow}
    >
      {selection && (
        // biome-ignore lint/a11y/useSemanticElements: part of the table above.
        <div role="cell" className="shrink-0" style={{ width: BOX_WIDTH }}>
          <SelectBox
            label={`Select ${spec.nameOf(row) || spec.nouns[0]}`}
            checked={selected}
            onToggle={(extend) => {
              if (extend) selection.extend(key);
              else selection.toggle(key);
            }}
          />
        </div>
      )}
      {columns.map(({ column, width }) => (
        // biome-ignore lint/a11y/useSemanticElements: part of the table above.
        <div
          key={column.id}
          role="cell"
          data-column={column.id}
          // The link of the row covers the whole row, so its cell must not limit it.
          className={`flex min-w-0 shrink-0 items-center px-2 first:pl-3 ${column.end ? 'justify-end' : ''} ${column.link ? '' : 'relative'}`}
          style={{ width }}
        >
          {column.link ? (
            <>
              <Link
                {...spec.linkOf(row, from)}
                data-name={spec.nameOf(row)}
                onClick={() => onActivate(key)}
                className="flex min-w-0 items-center font-medium after:absolute after:inset-0"
              >
                {column.render(row, context)}
              </Link>
              {column.after?.(row, (id) => columns.some((each) => each.column.id === id))}
            </>
          ) : (
            column.render(row, context)
          )}
        </div>
      ))}
    </div>
  );
}

/** The link covers the whole row and hides the tooltips of the cells, so it takes over the tooltip below the pointer. */
function explainBelow({ currentTarget, clientX, clientY }: PointerEvent<HTMLElement>) {
  const link = currentTarget.querySelector<HTMLAnchorElement>('a[data-name]');
  const below = document
    .elementsFromPoint(clientX, clientY)
    .find((element) => element !== link && currentTarget.contains(element) && element.getAttribute('title'));
  const title = below?.getAttribute('title') ?? link?.dataset.name ?? '';
  if (link && link.title !== title) link.title = title;
}

/**
 * The 95th percentile of the first 100 durations. A single outlier must not make all other bars short, and loading more
 * rows must not change the scale.
 */
function fullDuration<Row>(rows: readonly Row[], { durationOf }: ListSpec<Row>): number {
  if (!durationOf) return 1;
  const durations = rows
    .slice(0, 100)
    .flatMap((row) => durationOf(row) ?? [])
    .sort((a, b) => a - b);
  return durations[Math.floor((durations.length - 1) * 0.95)] || 1;
}
