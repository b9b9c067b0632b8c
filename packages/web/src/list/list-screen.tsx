import { useNavigate } from '@tanstack/react-router';
import { parseFilter } from '@throughline/spans';
import { ArrowUp, PanelLeft } from 'lucide-react';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Facets } from '../filter/facets.tsx';
import { FilterBar } from '../filter/filter-bar.tsx';
import { FilterChips } from '../filter/filter-chips.tsx';
import { FilterTargetContext } from '../filter/filter-target.ts';
import { useRecentFilters } from '../filter/recent-filters.ts';
import { PageBar } from '../frame/page-bar.tsx';
import { TimeRangePicker } from '../frame/time-range-picker.tsx';
import { useProject } from '../frame/use-project.ts';
import { isBoolean, isNumber, usePreference } from '../ui/preference.ts';
import { ProblemView } from '../ui/problem-view.tsx';
import { Splitter } from '../ui/splitter.tsx';
import { useTitle } from '../ui/use-title.ts';
import { useSearchRecord } from '../url/search-params.ts';
import { printTimeRange } from '../url/time-range.ts';
import { MissingView } from '../views/missing-view.tsx';
import type { PageViews } from '../views/use-views.ts';
import { addressWithoutView, afterChange, isMissing } from '../views/view-address.ts';
import { ViewsMenu } from '../views/views-menu.tsx';
import { withAttributes } from './attribute-column.tsx';
import { BrokenFilter } from './broken-filter.tsx';
import { ColumnMenu } from './column-menu.tsx';
import { EmptyFilter, type FoundRows } from './empty-filter.tsx';
import { EmptyRange } from './empty-range.tsx';
import type { ListQuery, ListSpec } from './list-spec.ts';
import { ListTable } from './list-table.tsx';
import { type ListView, printListView } from './list-view.ts';
import { LiveToggle } from './live-toggle.tsx';
import { type ListLayout, placeColumns } from './place-columns.ts';
import { RowValues } from './row-values.tsx';
import { TableSkeleton } from './table-skeleton.tsx';
import { useListKeys } from './use-list-keys.ts';
import { useNewRows } from './use-new-rows.ts';
import { usePlace } from './use-place.ts';
import { rangeQuery, useRows } from './use-rows.ts';

/** Data for the parts of a page around its list. */
export interface ListParts {
  readonly view: ListView;
  readonly project: string;
  readonly show: (change: Partial<ListView>) => void;
}

export interface ListScreenParts {
  /** Content above the list, such as a summary. */
  readonly above?: (parts: ListParts) => ReactNode;
  /** Content instead of the list, such as a chart. Undefined: the list is shown. */
  readonly instead?: (parts: ListParts) => ReactNode | undefined;
  /** Conditions of a list that has no filter language. */
  readonly conditions?: (parts: ListParts) => ReactNode;
  /** Further controls in the bar of the page. */
  readonly controls?: (parts: ListParts) => ReactNode;
  /** Number of rows that a query finds. Default: the list reads its first page. */
  readonly count?: (query: ListQuery, signal: AbortSignal) => Promise<FoundRows>;
}

interface ListScreenProps<Row> extends ListScreenParts {
  readonly name: string;
  readonly spec: ListSpec<Row>;
  readonly view: ListView;
  readonly project: string;
  readonly onLayout: (layout: ListLayout) => void;
  readonly views: PageViews;
}

/** A list with its filter, facets, columns, live updates, preview and keys. */
export function ListScreen<Row>(props: ListScreenProps<Row>) {
  const { name, spec, view, project, onLayout, views } = props;
  const inUrl = useSearchRecord();
  const navigate = useNavigate();
  const { projects } = useProject();
  const scroller = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState<string | undefined>();
  const { initial } = usePlace(name, scroller, activeKey);
  useTitle(`${spec.title} of ${project}`);
  const hasFilter = spec.filterOf !== undefined;
  const parsed = parseFilter(hasFilter ? view.q : '', { of: spec.filterOf ?? 'trace' });
  const { list, rows, refresh, renew } = useRows(spec, view, project, {
    refetchOnMount: initial.offset === 0,
    enabled: parsed.ok,
  });
  const { recent, remember } = useRecentFilters(project);
  const atTop = useAtTop(scroller, rows.length > 0);
  const endsNow = view.range.kind === 'recent';
  const keys = useMemo(() => rows.map(spec.keyOf), [rows, spec]);
  const lastRow = rows.at(-1);
  const fresh = useNewRows({
    spec,
    project,
    enabled: endsNow && parsed.ok,
    filtered: view.q !== '',
    shown: useMemo(() => new Set(keys), [keys]),
    shownSince:
      list.hasNextPage && view.sort === '-startTime' && lastRow ? spec.startOf?.(lastRow) : undefined,
    takeAtOnce: view.live && atTop,
    refresh,
    renew,
  });
  const [peekWidth, setPeekWidth] = usePreference('peek-width', 640, isNumber);
  const [showFacets, setShowFacets] = usePreference('facets', false, isBoolean);
  const [columnsOpen, setColumnsOpen] = useState(false);
  const [valuesOpen, setValuesOpen] = useState(false);

  const show = useCallback(
    (change: Partial<ListView>, replace = false) =>
      void navigate({
        to: spec.path,
        search: afterChange(inUrl, printListView({ ...view, project, ...change }, spec)),
        replace,
        resetScroll: false,
      }),
    [navigate, spec, view, project, inUrl],
  );
  const search = useCallback(
    (q: string) => afterChange(inUrl, printListView({ ...view, project, q }, spec)),
    [spec, view, project, inUrl],
  );
  const target = useMemo(() => ({ filter: view.q, path: spec.path, search }), [view.q, spec.path, search]);
  const columns = useMemo(
    () => withAttributes(spec.columns, spec.attributes ? view.layout.columns : undefined),
    [spec, view.layout.columns],
  );
  const shownSpec = useMemo(() => ({ ...spec, columns }), [spec, columns]);
  const setLayout = (layout: ListLayout) => {
    onLayout(layout);
    show({ layout }, true);
  };
  const { peek } = view;
  const closePeek = () => show({ peek: '' }, true);
  const activate = (key: string) => {
    setActiveKey(key);
    if (peek !== undefined) show({ peek: key }, true);
  };
  const active = activeKey ?? peek ?? initial.activeId;
  const at = active === undefined ? -1 : keys.indexOf(active);
  const activeRow = rows[at];
  const takeNew = () => {
    scroller.current?.scrollTo({ top: 0 });
    void fresh.take();
  };
  const from = { project, range: printTimeRange(view.range) };
  const sortBy = (field: string) => {
    const down = `-${field}`;
    show({ sort: view.sort === down && spec.sorts.includes(field) ? field : down });
  };
  const count = async (q: string, signal: AbortSignal): Promise<FoundRows> => {
    const query = { project, ...rangeQuery(view.range), sort: view.sort, ...(q !== '' && { q }), fields: {} };
    if (props.count) return props.count(query, signal);
    const page = await spec.read(query, COUNTED, null, signal);
    const more = page.nextCursor !== null ? ' or more' : '';
    return {
      count: page.rows.length,
      text: `${page.rows.length}${more} ${page.rows.length === 1 ? spec.nouns[0] : spec.nouns[1]}`,
    };
  };

  useListKeys({
    spec,
    at,
    keys,
    activate,
    open: () => activeRow !== undefined && void navigate(spec.linkOf(activeRow, from) as never),
    peek: spec.renderPeek && {
      key: peek,
      open: (key) => {
        setActiveKey(key);
        show({ peek: key }, true);
      },
      close: closePeek,
    },
    toggleFacets: hasFilter ? () => setShowFacets(!showFacets) : undefined,
    openColumns: () => setColumnsOpen(true),
    openValues: hasFilter ? () => activeRow !== undefined && setValuesOpen(true) : undefined,
    refresh: takeNew,
    toggleLive: spec.liveRows ? () => endsNow && show({ live: !view.live }, true) : undefined,
  });

  const more = useCallback(() => {
    if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
  }, [list.hasNextPage, list.isFetching, list.fetchNextPage]);
  const parts: ListParts = { view, project, show };
  const instead = parsed.ok ? props.instead?.(parts) : undefined;
  const shownColumns = placeColumns(columns, view.layout, rows, scroller.current?.clientWidth ?? 1200);

  return (
    <FilterTargetContext value={hasFilter ? target : null}>
      <PageBar
        filter={
          hasFilter ? (
            <FilterBar
              applied={view.q}
              of={spec.filterOf ?? 'trace'}
              nouns={spec.nouns[1]}
              project={project}
              range={view.range}
              recent={recent}
              onApply={(q) => {
                remember(q);
                show({ q });
              }}
            />
          ) : (
            props.conditions?.(parts)
          )
        }
        controls={
          <>
            <ViewsMenu views={views} project={project} search={inUrl} />
            <TimeRangePicker range={view.range} onChange={(range) => show({ range })} />
            {spec.liveRows && (
              <LiveToggle
                live={view.live}
                state={fresh.state}
                disabled={!endsNow}
                noun={spec.nouns[1]}
                onChange={(live) => show({ live }, true)}
              />
            )}
            {parsed.ok && props.controls?.(parts)}
            <ColumnMenu
              columns={columns}
              shown={shownColumns.map(({ column }) => column.id)}
              layout={view.layout}
              onLayout={setLayout}
              attributes={spec.attributes}
              open={columnsOpen}
              onOpenChange={setColumnsOpen}
            />
          </>
        }
      >
        <h1 className="text-title font-semibold">{spec.title}</h1>
        {hasFilter && (
          <button
            type="button"
            className="control-quiet aria-pressed:bg-selected aria-pressed:text-ink"
            aria-pressed={showFacets}
            aria-label="Facets"
            title="Facets  f"
            onClick={() => setShowFacets(!showFacets)}
          >
            <PanelLeft size={14} aria-hidden />
          </button>
        )}
        {fresh.waiting > 0 && !(view.live && atTop) && (
          <button type="button" className="control-primary h-6 rounded-full" onClick={takeNew}>
            <ArrowUp size={12} aria-hidden /> {fresh.waiting} new
          </button>
        )}
      </PageBar>
      <div className="flex min-h-0 flex-1">
        {hasFilter && showFacets && parsed.ok && (
          <Facets
            filter={view.q}
            of={spec.filterOf ?? 'trace'}
            path={spec.path}
            project={project}
            range={view.range}
            enabled={!list.isPending}
            search={search}
            onNavigate={(q) => show({ q })}
            onClose={() => setShowFacets(false)}
          />
        )}
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">
          {isMissing(inUrl, views.views) && (
            <MissingView
              onClose={() =>
                void navigate({ to: '.', search: addressWithoutView(project, views.views ?? []) })
              }
            />
          )}
          {hasFilter && <FilterChips filter={view.q} path={spec.path} search={search} />}
          {parsed.ok && props.above?.(parts)}
          {!parsed.ok ? (
            <BrokenFilter filter={view.q} path={spec.path} search={search} problem={parsed.problem} />
          ) : instead !== undefined ? (
            instead
          ) : list.isError && rows.length === 0 ? (
            <ProblemView error={list.error} onRetry={() => void list.refetch()} />
          ) : list.isPending ? (
            <TableSkeleton />
          ) : rows.length === 0 && (view.q !== '' || Object.keys(view.fields).length > 0) ? (
            <EmptyFilter
              filter={view.q}
              range={view.range}
              project={project}
              path={spec.path}
              nouns={spec.nouns}
              search={search}
              count={count}
            />
          ) : rows.length === 0 ? (
            <EmptyRange
              range={view.range}
              project={project}
              path={spec.path}
              noun={spec.nouns[1]}
              search={(range) => printListView({ ...view, project, range }, spec)}
              lastSpanAt={projects.find((each) => each.name === project)?.lastSpanAt}
            />
          ) : (
            <ListTable
              spec={shownSpec}
              rows={rows}
              from={from}
              sort={view.sort}
              onSort={sortBy}
              layout={view.layout}
              onLayout={setLayout}
              activeKey={active}
              onActivate={setActiveKey}
              scroller={scroller}
              initialOffset={initial.offset}
              hasMore={list.hasNextPage}
              onMore={more}
              faint={list.isPlaceholderData}
            />
          )}
          {list.isError && rows.length > 0 && (
            <p
              role="alert"
              className="flex items-center gap-2 border-t border-line bg-error-wash px-3 py-1 text-small"
            >
              Further {spec.nouns[1]} could not be loaded: {list.error.message}
              <button type="button" className="link" onClick={() => void list.refetch()}>
                Try again
              </button>
            </p>
          )}
        </div>
        {peek && spec.renderPeek && (
          <>
            <Splitter
              label="Resize the preview"
              size={peekWidth}
              least={320}
              most={1400}
              onResize={setPeekWidth}
              reversed
              className="hidden lg:block"
            />
            {spec.renderPeek(peek, { project, width: peekWidth, onClose: closePeek })}
          </>
        )}
      </div>
      {activeRow !== undefined && (
        <RowValues
          open={valuesOpen}
          onClose={() => setValuesOpen(false)}
          title={spec.nameOf(activeRow)}
          values={columns.flatMap((column) => column.values?.(activeRow) ?? [])}
          filter={view.q}
          onFilter={(q) => show({ q })}
        />
      )}
    </FilterTargetContext>
  );
}

/** Maximum number of rows that are counted for another filter. */
const COUNTED = 100;

/** Whether the list is scrolled to its top. `present` says whether the list is on the page. */
function useAtTop(scroller: React.RefObject<HTMLElement | null>, present: boolean): boolean {
  const [atTop, setAtTop] = useState(true);
  useEffect(() => {
    const element = present ? scroller.current : null;
    if (!element) return;
    const check = () => setAtTop(element.scrollTop < 8);
    check();
    element.addEventListener('scroll', check, { passive: true });
    return () => element.removeEventListener('scroll', check);
  }, [scroller, present]);
  return atTop;
}
