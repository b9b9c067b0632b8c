import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { RotateCw } from 'lucide-react';
import { useMemo, useState } from 'react';
import { HoverTimeContext, useNewHoverTime } from '../../charts/hover-time.ts';
import { FilterBar } from '../../filter/filter-bar.tsx';
import { useKeys } from '../../frame/keys.tsx';
import { PageBar } from '../../frame/page-bar.tsx';
import { TimeRangePicker } from '../../frame/time-range-picker.tsx';
import { useProject } from '../../frame/use-project.ts';
import { useTitle } from '../../ui/use-title.ts';
import { useSearchRecord } from '../../url/search-params.ts';
import { boundsOf } from '../../url/time-range.ts';
import { DASHBOARDS } from './boards/all.ts';
import { ChoiceSelect } from './choice-select.tsx';
import { DashboardContext, type DashboardState } from './dashboard-context.ts';
import type { Dashboard } from './panel.ts';
import { PanelGrid } from './panel-grid.tsx';
import { type DashboardView, DEFAULT_RECENT, parseDashboardView, printDashboardView } from './url.ts';

/** The ready dashboards. The address holds which one is shown, its range, filter, dimension and comparison. */
export function DashboardsPage() {
  const { name } = useParams({ strict: false }) as { readonly name?: string };
  const dashboard = DASHBOARDS.find((each) => each.name === name) ?? (DASHBOARDS[0] as Dashboard);
  const search = useSearchRecord();
  const view = useMemo(() => parseDashboardView(search, dashboard.range), [search, dashboard.range]);
  const { project } = useProject();
  useTitle(`${dashboard.title} dashboard`);
  return project === undefined ? null : <Shown key={project} {...{ dashboard, view, project }} />;
}

interface ShownProps {
  readonly dashboard: Dashboard;
  readonly view: DashboardView;
  readonly project: string;
}

function Shown({ dashboard, view, project }: ShownProps) {
  const navigate = useNavigate();
  const hoverTime = useNewHoverTime();
  const [refreshes, setRefreshes] = useState(0);
  const range = JSON.stringify(view.range);
  // All panels end at the same instant, until the reader chooses another range or reads again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: both values stand for a new instant
  const nowMs = useMemo(() => Date.now(), [range, refreshes]);
  const { fromMs, toMs } = boundsOf(view.range, nowMs);
  const by = view.by ?? dashboard.by ?? 'feature';
  const show = (change: Partial<DashboardView>) =>
    void navigate({
      to: '/dashboards/$name',
      params: { name: dashboard.name },
      search: printDashboardView({ ...view, project, ...change }, dashboard.range),
      resetScroll: false,
    });
  // A range that the reader chose stays when another dashboard is opened.
  const isChosen = view.range.kind === 'between' || view.range.recent !== (dashboard.range ?? DEFAULT_RECENT);
  const refresh = () => setRefreshes(refreshes + 1);
  useKeys('Dashboards', [
    { keys: ['r'], label: 'Read again', run: refresh },
    { keys: ['c'], label: 'Compare with the previous period', run: () => show({ compare: !view.compare }) },
  ]);
  const state: DashboardState = { project, view, by, fromMs, toMs, nowMs, show };
  return (
    <>
      <PageBar
        filter={
          <FilterBar
            key={view.q}
            applied={view.q}
            of="span"
            nouns="panels"
            project={project}
            range={view.range}
            recent={[]}
            onApply={(q) => show({ q })}
          />
        }
        controls={
          <>
            {dashboard.choices && (
              <ChoiceSelect
                by={by}
                choices={dashboard.choices}
                attributes={dashboard.name === 'cost'}
                onChange={(next) => show({ by: next })}
              />
            )}
            <TimeRangePicker range={view.range} onChange={(next) => show({ range: next })} />
            <button
              type="button"
              className="control aria-pressed:bg-selected aria-pressed:text-ink"
              aria-pressed={view.compare}
              title="Compare with the previous period  c"
              onClick={() => show({ compare: !view.compare })}
            >
              Compare
            </button>
            <button
              type="button"
              className="control"
              aria-label="Read again"
              title="Read again  r"
              onClick={refresh}
            >
              <RotateCw size={13} aria-hidden />
            </button>
          </>
        }
      >
        <h1 className="text-title font-semibold whitespace-nowrap">{dashboard.title}</h1>
      </PageBar>
      <nav
        aria-label="Dashboards"
        className="tab-strip flex shrink-0 gap-1 overflow-x-auto border-b border-line px-3"
      >
        {DASHBOARDS.map((each) => (
          <Link
            key={each.name}
            to="/dashboards/$name"
            params={{ name: each.name }}
            search={printDashboardView(
              {
                project,
                range: isChosen ? view.range : { kind: 'recent', recent: each.range ?? DEFAULT_RECENT },
                q: view.q,
                compare: view.compare,
              },
              each.range,
            )}
            title={each.describes}
            activeOptions={{ includeSearch: false }}
            aria-current={each.name === dashboard.name ? 'page' : undefined}
            className="flex h-8 items-center border-b-2 border-transparent px-2 text-ink-soft hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink"
          >
            {each.title}
          </Link>
        ))}
      </nav>
      <DashboardContext value={state}>
        <HoverTimeContext value={hoverTime}>
          <PanelGrid key={dashboard.name} dashboard={dashboard} />
        </HoverTimeContext>
      </DashboardContext>
    </>
  );
}
