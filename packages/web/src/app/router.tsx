import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  Outlet,
  useLocation,
} from '@tanstack/react-router';
import { ClientMetricsPage } from '../pages/client-metrics/client-metrics.tsx';
import { ComparePage } from '../pages/compare/compare.tsx';
import { DashboardsPage } from '../pages/dashboards/dashboards.tsx';
import { PricesPage } from '../pages/prices/prices.tsx';
import { ProblemsPage } from '../pages/problems/problems.tsx';
import { ScoresPage } from '../pages/scores/scores.tsx';
import { SessionPage } from '../pages/session/session.tsx';
import { SessionsPage } from '../pages/sessions/sessions.tsx';
import { SharedTracePage } from '../pages/shared/shared-trace.tsx';
import { SpansPage } from '../pages/spans/spans.tsx';
import { SqlPage } from '../pages/sql/sql.tsx';
import { TracePage } from '../pages/trace/trace.tsx';
import { TracesPage } from '../pages/traces/traces.tsx';
import { UserPage } from '../pages/user/user.tsx';
import { UsersPage } from '../pages/users/users.tsx';
import { ProblemView } from '../ui/problem-view.tsx';
import { pathIds } from '../url/path-id.ts';
import { parseSearch, printSearch, type SearchRecord } from '../url/search-params.ts';
import { Frame } from './frame.tsx';

const root = createRootRoute({
  component: Root,
  notFoundComponent: NoSuchPage,
  validateSearch: (search): SearchRecord => search as SearchRecord,
});

const traces = createRoute({ getParentRoute: () => root, path: '/', component: TracesPage });
const spans = createRoute({ getParentRoute: () => root, path: '/spans', component: SpansPage });
const sessions = createRoute({ getParentRoute: () => root, path: '/sessions', component: SessionsPage });
const users = createRoute({ getParentRoute: () => root, path: '/users', component: UsersPage });
const session = createRoute({
  getParentRoute: () => root,
  path: '/sessions/$sessionId',
  component: SessionPage,
  params: pathIds('sessionId'),
});
const user = createRoute({
  getParentRoute: () => root,
  path: '/users/$userId',
  component: UserPage,
  params: pathIds('userId'),
});
const scores = createRoute({ getParentRoute: () => root, path: '/scores', component: ScoresPage });
const trace = createRoute({
  getParentRoute: () => root,
  path: '/t/$traceId',
  component: TracePage,
  params: pathIds('traceId'),
});
const compare = createRoute({
  getParentRoute: () => root,
  path: '/compare/$a/$b',
  component: ComparePage,
  params: pathIds('a', 'b'),
});
const shared = createRoute({ getParentRoute: () => root, path: '/share/$token', component: SharedTracePage });
const problems = createRoute({ getParentRoute: () => root, path: '/problems', component: ProblemsPage });

const dashboards = createRoute({
  getParentRoute: () => root,
  path: '/dashboards',
  component: DashboardsPage,
});
const dashboard = createRoute({
  getParentRoute: () => root,
  path: '/dashboards/$name',
  component: DashboardsPage,
});
const prices = createRoute({ getParentRoute: () => root, path: '/prices', component: PricesPage });

const sql = createRoute({ getParentRoute: () => root, path: '/sql', component: SqlPage });

const clientMetrics = createRoute({
  getParentRoute: () => root,
  // `/metrics` is taken: the server exposes its own metrics for Prometheus there.
  path: '/client-metrics',
  component: ClientMetricsPage,
});

export const router = createRouter({
  routeTree: root.addChildren([
    shared,
    traces,
    spans,
    sessions,
    session,
    users,
    user,
    scores,
    trace,
    compare,
    dashboards,
    dashboard,
    prices,
    sql,
    clientMetrics,
    problems,
  ]),
  parseSearch,
  stringifySearch: printSearch,
  defaultErrorComponent: ({ error, reset }) => <ProblemView error={error} onRetry={reset} />,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** The page of a shared trace has no navigation, because its visitors can open nothing else. */
function Root() {
  const { pathname } = useLocation();
  return pathname.startsWith('/share/') ? <Outlet /> : <Frame />;
}

function NoSuchPage() {
  return (
    <div className="mx-auto max-w-xl px-4 py-12">
      <h1 className="text-title font-semibold">Page not found</h1>
      <p className="mt-2 text-ink-soft">
        <Link to="/" className="link underline">
          All traces
        </Link>
      </p>
    </div>
  );
}
