import { useNavigate } from '@tanstack/react-router';
import { parseFilter } from '@throughline/spans';
import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import { Facets } from '../filter/facets.tsx';
import { FilterChips } from '../filter/filter-chips.tsx';
import { FilterTargetContext } from '../filter/filter-target.ts';
import { useRecentFilters } from '../filter/recent-filters.ts';
import { isBoolean, isNumber, usePreference } from '../ui/preference.ts';
import { Splitter } from '../ui/splitter.tsx';
import { useTitle } from '../ui/use-title.ts';
import { useSearchRecord } from '../url/search-params.ts';
import { printTimeRange } from '../url/time-range.ts';
import { MissingView } from '../views/missing-view.tsx';
import type { PageViews } from '../views/use-views.ts';
import { addressWithoutView, afterChange, isMissing } from '../views/view-address.ts';
import { withAttributes } from './attribute-column.tsx';
import { ColumnMenu } from './column-menu.tsx';
import type { FoundRows } from './empty-filter.tsx';
import { ListBar } from './list-bar.tsx';
import { ListBody } from './list-body.tsx';
import type { ListQuery, ListSpec } from './list-spec.ts';
import { ListTable } from './list-table.tsx';
import { type ListView, printListView } from './list-view.ts';
import { type ListLayout, placeColumns } from './place-columns.ts';
import { RowValues } from './row-values.tsx';
import { scoreColumns } from './score-column.tsx';
import { SelectionBar } from './selection/selection-bar.tsx';
import { useSelection } from './selection/use-selection.ts';
import { useAtTop } from './use-at-top.ts';
import { useListKeys } from './use-list-keys.ts';
import { useNewRows } from './use-new-rows.ts';
import { usePlace } from './use-place.ts';
import { useRows } from './use-rows.ts';

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
  const scroller = useRef<HTMLDivElement>(null);
  const [activeKey, setActiveKey] = useState<string | undefined>();
  const { initial } = usePlace(name, scroller, activeKey);
  useTitle(`${spec.title} of ${project}`);
  const hasFilter = spec.filterOf !== undefined;
  const parsed = parseFilter(hasFilter ? view.q : '', { of: spec.filterOf ?? 'trace' });
  const { list, rows, ask, refresh, renew } = useRows(spec, view, project, {
    refetchOnMount: initial.offset === 0,
    enabled: parsed.ok,
  });
  const { recent, remember } = useRecentFilters(project);
  const atTop = useAtTop(scroller, rows.length > 0);
  const endsNow = view.range.kind === 'recent';
  const keys = useMemo(() => rows.map(spec.keyOf), [rows, spec]);
  const selection = useSelection(spec, rows);
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
    () => [
      ...withAttributes(spec.columns, spec.attributes ? view.layout.columns : undefined),
      ...scoreColumns<Row>(spec.scores ? view.layout.columns : undefined),
    ],
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
    show({ sort: view.sort === down ? field : down });
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
    selection,
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
      <ListBar
        spec={spec}
        view={view}
        project={project}
        views={views}
        search={inUrl}
        show={show}
        recent={recent}
        onFilter={(q) => {
          remember(q);
          show({ q });
        }}
        conditions={props.conditions?.(parts)}
        live={fresh.state}
        facets={showFacets}
        onFacets={setShowFacets}
        waiting={view.live && atTop ? 0 : fresh.waiting}
        onTakeNew={takeNew}
      >
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
      </ListBar>
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
          <ListBody
            spec={spec}
            view={view}
            project={project}
            parsed={parsed}
            list={list}
            isEmpty={rows.length === 0}
            search={search}
            instead={instead}
            countRows={props.count}
          >
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
              selection={selection}
            />
          </ListBody>
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
          {selection && instead === undefined && (
            <SelectionBar
              spec={spec}
              project={project}
              selection={selection}
              hasMore={list.hasNextPage}
              ask={ask}
              onChanged={() => void refresh()}
            />
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
