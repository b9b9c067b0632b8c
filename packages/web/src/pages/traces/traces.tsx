import { useNavigate } from '@tanstack/react-router';
import { parseFilter } from '@throughline/spans';
import { ArrowUp, PanelLeft } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Facets } from '../../filter/facets.tsx';
import { FilterBar } from '../../filter/filter-bar.tsx';
import { FilterChips } from '../../filter/filter-chips.tsx';
import { FilterTargetContext } from '../../filter/filter-target.ts';
import { useRecentFilters } from '../../filter/recent-filters.ts';
import { useKeys } from '../../frame/keys.tsx';
import { PageBar } from '../../frame/page-bar.tsx';
import { TimeRangePicker } from '../../frame/time-range-picker.tsx';
import { useProject } from '../../frame/use-project.ts';
import { isBoolean, isNumber, usePreference } from '../../ui/preference.ts';
import { ProblemView } from '../../ui/problem-view.tsx';
import { Splitter } from '../../ui/splitter.tsx';
import { useTitle } from '../../ui/use-title.ts';
import { printSearch, type SearchRecord, useSearchRecord } from '../../url/search-params.ts';
import { FirstRun } from '../first-run/first-run.tsx';
import { BrokenFilter } from './broken-filter.tsx';
import { EmptyFilter } from './empty-filter.tsx';
import { EmptyRange } from './empty-range.tsx';
import { LiveToggle } from './live-toggle.tsx';
import { Peek } from './peek.tsx';
import { SummaryStrip } from './summary-strip.tsx';
import { TableSkeleton } from './table-skeleton.tsx';
import { TraceTable } from './trace-table.tsx';
import { parseTracesView, printTracesView, type TraceSort, type TracesView } from './url.ts';
import { useNewTraces } from './use-new-traces.ts';
import { usePlace } from './use-place.ts';
import { useTraces } from './use-traces.ts';

export function TracesPage() {
  const search = useSearchRecord();
  const { project, projects, loading, error, retry } = useProject();
  const isKnown = projects.some(({ name }) => name === project);
  useProjectInUrl(search, isKnown ? project : undefined);
  const [firstRunOf, setFirstRunOf] = useState<string | undefined>();
  if (error && projects.length === 0) return <ProblemView error={error} onRetry={retry} />;
  if (project === undefined || (projects.length === 0 && loading)) return <TableSkeleton />;
  // The first-run page stays until it opens the first trace.
  if (!isKnown && firstRunOf !== project) setFirstRunOf(project);
  if (!isKnown || firstRunOf === project) return <FirstRun project={project} />;
  const view = parseTracesView(search);
  // Each combination of project, range, filter and order is a separate list with its own scroll position.
  const name = printSearch(printTracesView({ ...view, project, peek: '', live: false }));
  return <Traces key={name} name={name} view={view} project={project} />;
}

function Traces({ name, view, project }: { name: string; view: TracesView; project: string }) {
  const navigate = useNavigate();
  const { projects } = useProject();
  const scroller = useRef<HTMLDivElement>(null);
  const [activeId, setActiveId] = useState<string | undefined>();
  const { initial } = usePlace(name, scroller, activeId);
  useTitle(`Traces of ${project}`);
  const parsed = parseFilter(view.q);
  const { list, summary, traces, refresh, renew } = useTraces(view, project, {
    refetchOnMount: initial.offset === 0,
    enabled: parsed.ok,
  });
  const { recent, remember } = useRecentFilters(project);
  const atTop = useAtTop(scroller, traces.length > 0);
  const endsNow = view.range.kind === 'recent';
  const fresh = useNewTraces({
    project,
    enabled: endsNow && parsed.ok,
    filtered: view.q !== '',
    shown: traces,
    shownSince: list.hasNextPage && view.sort === '-startTime' ? traces.at(-1)?.startTime : undefined,
    takeAtOnce: view.live && atTop,
    refresh,
    renew,
  });
  const [peekWidth, setPeekWidth] = usePreference('peek-width', 640, isNumber);

  const show = useCallback(
    (change: Partial<TracesView>, replace = false) =>
      void navigate({
        to: '/',
        search: printTracesView({ ...view, project, ...change }),
        replace,
        resetScroll: false,
      }),
    [navigate, view, project],
  );
  const [showFacets, setShowFacets] = usePreference('facets', false, isBoolean);
  const search = useCallback((q: string) => printTracesView({ ...view, project, q }), [view, project]);
  const target = useMemo(() => ({ filter: view.q, search }), [view.q, search]);
  const { peek } = view;
  const activate = (id: string) => {
    setActiveId(id);
    if (peek !== undefined) show({ peek: id }, true);
  };
  const active = activeId ?? peek ?? initial.activeId;
  const at = traces.findIndex((trace) => trace.traceId === active);
  const step = (by: number) => {
    const next = traces[at < 0 ? 0 : Math.max(0, Math.min(traces.length - 1, at + by))];
    if (next) activate(next.traceId);
  };
  const takeNew = () => {
    scroller.current?.scrollTo({ top: 0 });
    void fresh.take();
  };
  const sortBy = (sort: TraceSort) =>
    show({ sort: sort === '-startTime' && view.sort === '-startTime' ? 'startTime' : sort });
  const closePeek = () => show({ peek: '' }, true);

  useKeys('Traces', [
    { keys: ['j', 'ArrowDown'], label: 'Next trace', run: () => step(1), yieldsToPanes: true },
    { keys: ['k', 'ArrowUp'], label: 'Previous trace', run: () => step(-1), yieldsToPanes: true },
    {
      keys: ['Enter'],
      label: 'Open trace',
      run: () => {
        if (at >= 0 && active)
          void navigate({ to: '/t/$traceId', params: { traceId: active }, search: { project } });
      },
    },
    {
      keys: [' '],
      label: 'Preview trace',
      run: () => {
        const id = active ?? traces[0]?.traceId;
        if (peek !== undefined) closePeek();
        else if (id) {
          setActiveId(id);
          show({ peek: id }, true);
        }
      },
    },
    ...(peek === undefined ? [] : [{ keys: ['Escape'], label: 'Close preview', run: closePeek }]),
    { keys: ['f'], label: 'Facets', run: () => setShowFacets(!showFacets) },
    { keys: ['r'], label: 'Refresh', run: takeNew },
    {
      keys: ['l'],
      label: 'Turn live updates on or off',
      run: () => endsNow && show({ live: !view.live }, true),
    },
  ]);

  const more = useCallback(() => {
    if (list.hasNextPage && !list.isFetching) void list.fetchNextPage();
  }, [list.hasNextPage, list.isFetching, list.fetchNextPage]);

  return (
    <FilterTargetContext value={target}>
      <PageBar
        filter={
          <FilterBar
            applied={view.q}
            project={project}
            range={view.range}
            recent={recent}
            onApply={(q) => {
              remember(q);
              show({ q });
            }}
          />
        }
        controls={
          <>
            <TimeRangePicker range={view.range} onChange={(range) => show({ range })} />
            <LiveToggle
              live={view.live}
              state={fresh.state}
              disabled={!endsNow}
              onChange={(live) => show({ live }, true)}
            />
          </>
        }
      >
        <h1 className="text-title font-semibold">Traces</h1>
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
        {fresh.waiting > 0 && !(view.live && atTop) && (
          <button type="button" className="control-primary h-6 rounded-full" onClick={takeNew}>
            <ArrowUp size={12} aria-hidden /> {fresh.waiting} new
          </button>
        )}
      </PageBar>
      <div className="flex min-h-0 flex-1">
        {showFacets && parsed.ok && (
          <Facets
            filter={view.q}
            project={project}
            range={view.range}
            enabled={!list.isPending}
            search={search}
            onNavigate={(q) => show({ q })}
            onClose={() => setShowFacets(false)}
          />
        )}
        <div className="flex min-w-0 flex-1 flex-col">
          <FilterChips filter={view.q} search={search} />
          {parsed.ok && (
            <SummaryStrip
              summary={summary.data}
              onZoom={(fromMs, toMs) => show({ range: { kind: 'between', fromMs, toMs } })}
            />
          )}
          {!parsed.ok ? (
            <BrokenFilter view={{ ...view, project }} problem={parsed.problem} />
          ) : list.isError && traces.length === 0 ? (
            <ProblemView error={list.error} onRetry={() => void list.refetch()} />
          ) : list.isPending ? (
            <TableSkeleton />
          ) : traces.length === 0 && view.q !== '' ? (
            <EmptyFilter view={view} project={project} />
          ) : traces.length === 0 ? (
            <EmptyRange
              view={view}
              project={project}
              lastSpanAt={projects.find((p) => p.name === project)?.lastSpanAt}
            />
          ) : (
            <TraceTable
              traces={traces}
              project={project}
              sort={view.sort}
              onSort={sortBy}
              activeId={active}
              onActivate={setActiveId}
              scroller={scroller}
              initialOffset={initial.offset}
              hasMore={list.hasNextPage}
              onMore={more}
              faint={list.isPlaceholderData}
            />
          )}
          {list.isError && traces.length > 0 && (
            <p
              role="alert"
              className="flex items-center gap-2 border-t border-line bg-error-wash px-3 py-1 text-small"
            >
              Older traces could not be loaded: {list.error.message}
              <button type="button" className="link" onClick={() => void list.refetch()}>
                Try again
              </button>
            </p>
          )}
        </div>
        {peek && (
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
            <Peek traceId={peek} project={project} width={peekWidth} onClose={closePeek} />
          </>
        )}
      </div>
    </FilterTargetContext>
  );
}

/** Adds the project to a URL without one, so that a copied link shows the same project to everyone. */
function useProjectInUrl(search: SearchRecord, project: string | undefined) {
  const navigate = useNavigate();
  useEffect(() => {
    if (search.project || project === undefined) return;
    void navigate({ to: '/', search: { ...search, project }, replace: true, resetScroll: false });
  }, [search, project, navigate]);
}

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
