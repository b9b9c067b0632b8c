import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type PointerEvent, type RefObject, useEffect, useMemo } from 'react';
import type { TraceSummary } from '../../api/types.ts';
import { useNow } from '../../ui/use-now.ts';
import { type CellContext, COLUMNS, type Column, ScoreCount } from './columns.tsx';
import type { TraceSort } from './url.ts';

interface TraceTableProps {
  readonly traces: readonly TraceSummary[];
  readonly project: string | undefined;
  readonly sort: TraceSort;
  readonly onSort: (sort: TraceSort) => void;
  /** Trace that the keyboard shortcuts apply to; undefined if there is none yet. */
  readonly activeId: string | undefined;
  readonly onActivate: (traceId: string) => void;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly initialOffset: number;
  readonly hasMore: boolean;
  readonly onMore: () => void;
  readonly faint: boolean;
}

const ROW_HEIGHT = 32;

/** The list of traces. Only visible rows are rendered, and each row is a link to its trace. */
export function TraceTable(props: TraceTableProps) {
  const { traces, scroller, activeId, hasMore, onMore } = props;
  const virtualizer = useVirtualizer({
    count: traces.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 16,
    initialOffset: props.initialOffset,
    scrollPaddingStart: ROW_HEIGHT,
  });
  const items = virtualizer.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= traces.length - 30) onMore();
  }, [hasMore, last, traces.length, onMore]);

  const activeIndex = useMemo(
    () => traces.findIndex((trace) => trace.traceId === activeId),
    [traces, activeId],
  );
  useEffect(() => {
    if (activeIndex >= 0) virtualizer.scrollToIndex(activeIndex, { align: 'auto' });
  }, [activeIndex, virtualizer]);

  const nowMs = useNow(useMemo(() => traces.some((trace) => trace.running), [traces]));
  const fullMs = useMemo(() => fullDuration(traces), [traces]);
  const context = useMemo<CellContext>(() => ({ nowMs, fullMs }), [nowMs, fullMs]);
  const columns = useMemo(() => columnsFor(traces), [traces]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element would need all its rows, but only the visible ones are rendered.
    <div
      ref={scroller}
      role="table"
      aria-label="Traces"
      aria-rowcount={hasMore ? -1 : traces.length + 1}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users must be able to scroll this element.
      tabIndex={0}
      className={`@container min-h-0 flex-1 overflow-auto ${props.faint ? 'opacity-50' : ''}`}
    >
      <HeaderRow columns={columns} sort={props.sort} onSort={props.onSort} />
      {/* biome-ignore lint/a11y/useSemanticElements: part of the table above. */}
      <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => (
          <Row
            key={item.key}
            index={item.index}
            top={item.start}
            trace={traces[item.index] as TraceSummary}
            project={props.project}
            active={item.index === activeIndex}
            onActivate={props.onActivate}
            context={context}
            columns={columns}
          />
        ))}
      </div>
    </div>
  );
}

interface HeaderRowProps extends Pick<TraceTableProps, 'sort' | 'onSort'> {
  readonly columns: readonly Column[];
}

function HeaderRow({ columns, sort, onSort }: HeaderRowProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the table above.
    <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-page">
      {/* biome-ignore lint/a11y/useSemanticElements: part of the table above. */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons take the focus. */}
      <div role="row" aria-rowindex={1} className="flex h-7.75 items-stretch text-small text-ink-faint">
        {columns.map((column) => {
          const sorted = column.sort?.slice(1) === sort.replace('-', '');
          const descending = sort.startsWith('-');
          const Arrow = descending ? ArrowDown : ArrowUp;
          return (
            // biome-ignore lint/a11y/useSemanticElements: part of the table above.
            // biome-ignore lint/a11y/useFocusableInteractive: its button takes the focus.
            <div
              key={column.id}
              role="columnheader"
              {...(sorted && { 'aria-sort': descending ? 'descending' : 'ascending' })}
              className={`flex items-center px-2 first:pl-3 ${column.className}`}
            >
              {column.sort ? (
                <button
                  type="button"
                  className={`inline-flex items-center gap-0.5 hover:text-ink ${sorted ? 'text-ink' : ''}`}
                  onClick={() => onSort(column.sort as TraceSort)}
                >
                  {sorted && <Arrow size={12} aria-hidden />}
                  {column.label}
                </button>
              ) : column.id === 'status' ? (
                <span className="sr-only">{column.label}</span>
              ) : (
                column.label
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  readonly index: number;
  readonly top: number;
  readonly trace: TraceSummary;
  readonly project: string | undefined;
  readonly active: boolean;
  readonly onActivate: (traceId: string) => void;
  readonly context: CellContext;
  readonly columns: readonly Column[];
}

function Row({ columns, index, top, trace, project, active, onActivate, context }: RowProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: part of the table above.
    // biome-ignore lint/a11y/useFocusableInteractive: the link inside takes the focus.
    <div
      role="row"
      aria-rowindex={index + 2}
      data-trace={trace.traceId}
      data-active={active || undefined}
      className="group absolute inset-x-0 flex h-8 items-stretch border-b border-line/60 hover:bg-hover data-active:bg-selected"
      style={{ transform: `translateY(${top}px)` }}
      onPointerMove={explainBelow}
    >
      {columns.map((column) => (
        // biome-ignore lint/a11y/useSemanticElements: part of the table above.
        <div
          key={column.id}
          role="cell"
          data-column={column.id}
          className={`flex min-w-0 items-center px-2 first:pl-3 ${column.className}`}
        >
          {column.id === 'name' ? (
            <>
              <Link
                to="/t/$traceId"
                params={{ traceId: trace.traceId }}
                search={project ? { project } : {}}
                onClick={() => onActivate(trace.traceId)}
                className="truncate font-medium after:absolute after:inset-0"
                title={trace.name}
              >
                {trace.name || <span className="text-ink-faint">(no name)</span>}
              </Link>
              <ScoreCount scores={trace.scores} />
            </>
          ) : (
            column.render(trace, context)
          )}
        </div>
      ))}
    </div>
  );
}

/** The link covers the whole row and hides the tooltips of the cells, so it takes over the tooltip below the pointer. */
function explainBelow({ currentTarget, clientX, clientY }: PointerEvent<HTMLElement>) {
  const link = currentTarget.querySelector('a');
  const below = document
    .elementsFromPoint(clientX, clientY)
    .find((element) => element !== link && currentTarget.contains(element) && element.getAttribute('title'));
  const title = below?.getAttribute('title') ?? link?.textContent ?? '';
  if (link && link.title !== title) link.title = title;
}

/** The columns that have something to show; the others leave their room to input and output. */
function columnsFor(traces: readonly TraceSummary[]): readonly Column[] {
  return COLUMNS.filter(({ when }) => when?.(traces) ?? true).map((column) => {
    const { classNameOf, className } = column;
    return classNameOf ? { ...column, className: `${className} ${classNameOf(traces)}` } : column;
  });
}

/**
 * The 95th percentile of the first 100 durations. A single outlier must not make all other bars short, and loading more
 * rows must not change the scale.
 */
function fullDuration(traces: readonly TraceSummary[]): number {
  const durations = traces
    .slice(0, 100)
    .flatMap((trace) => trace.durationMs ?? [])
    .sort((a, b) => a - b);
  return durations[Math.floor((durations.length - 1) * 0.95)] || 1;
}
