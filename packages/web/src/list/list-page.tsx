import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useEffect, useState } from 'react';
import { useProject } from '../frame/use-project.ts';
import { isText, usePreference } from '../ui/preference.ts';
import { ProblemView } from '../ui/problem-view.tsx';
import { parseSearch, printSearch, type SearchRecord, useSearchRecord } from '../url/search-params.ts';
import { useImpliedView } from '../views/use-implied-view.ts';
import { useViews } from '../views/use-views.ts';
import { isOfView } from '../views/view-address.ts';
import { ListScreen, type ListScreenParts } from './list-screen.tsx';
import type { ListPath, ListSpec } from './list-spec.ts';
import { parseLayout, parseListView, printLayout, printListView } from './list-view.ts';
import type { ListLayout } from './place-columns.ts';
import { TableSkeleton } from './table-skeleton.tsx';

interface ListPageProps<Row> extends ListScreenParts {
  readonly spec: ListSpec<Row>;
  /** Content for a project without spans. */
  readonly firstRun: (project: string) => ReactNode;
}

/** A page with a list: reads the view from the address and waits until the project is known. */
export function ListPage<Row>({ spec, firstRun, ...parts }: ListPageProps<Row>) {
  const search = useSearchRecord();
  const { project, projects, loading, error, retry } = useProject();
  const isKnown = projects.some(({ name }) => name === project);
  const [remembered, remember] = useRememberedLayout(spec.id);
  const views = useViews(project, spec.id);
  const waits = useImpliedView({ search, project, page: spec.id, ...views });
  // A saved view has its own columns, and an address may still turn out to stand for one.
  const layout = views.isSettled && !isOfView(search) ? remembered : {};
  useCompleteAddress(spec.path, search, isKnown && !waits ? project : undefined, layout);
  const [firstRunOf, setFirstRunOf] = useState<string | undefined>();
  if (error && projects.length === 0) return <ProblemView error={error} onRetry={retry} />;
  if (project === undefined || waits || (projects.length === 0 && loading)) return <TableSkeleton />;
  // The first-run page stays until it opens the first trace.
  if (!isKnown && firstRunOf !== project) setFirstRunOf(project);
  if (!isKnown || firstRunOf === project) return firstRun(project);
  const view = parseListView({ ...(!hasLayout(search) && layout), ...search }, spec);
  // Each combination of project, range, filter and order is a separate list with its own scroll position.
  const name = printSearch({
    list: spec.id,
    ...printListView({ ...view, project, peek: '', heat: '', live: false, layout: { widths: {} } }, spec),
  });
  return (
    <ListScreen
      key={name}
      name={name}
      spec={spec}
      view={view}
      project={project}
      onLayout={remember}
      views={views}
      {...parts}
    />
  );
}

/** The parameters of the columns that the user chose last for a list. They are stored in the browser. */
function useRememberedLayout(id: string): [SearchRecord, (layout: ListLayout) => void] {
  const [text, setText] = usePreference(`columns.${id}`, '', isText);
  return [printLayout(parseLayout(parseSearch(text))), (layout) => setText(printSearch(printLayout(layout)))];
}

/**
 * Adds the project and the remembered columns to an address without them, so that a copied link shows the same list to
 * everyone.
 */
function useCompleteAddress(
  path: ListPath,
  search: SearchRecord,
  project: string | undefined,
  layout: SearchRecord,
) {
  const navigate = useNavigate();
  const missing = printSearch({
    ...(!search.project && project !== undefined && { project }),
    ...(!hasLayout(search) && layout),
  });
  useEffect(() => {
    if (project === undefined || missing === '') return;
    void navigate({
      to: path,
      search: { ...search, ...parseSearch(missing) },
      replace: true,
      resetScroll: false,
    });
  }, [search, project, missing, path, navigate]);
}

function hasLayout({ columns, widths }: SearchRecord): boolean {
  return Boolean(columns) || Boolean(widths);
}
