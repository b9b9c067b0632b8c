import type { parseFilter } from '@throughline/spans';
import type { ReactNode } from 'react';
import { useProject } from '../frame/use-project.ts';
import { ProblemView } from '../ui/problem-view.tsx';
import type { SearchRecord } from '../url/search-params.ts';
import { BrokenFilter } from './broken-filter.tsx';
import { EmptyFilter, type FoundRows } from './empty-filter.tsx';
import { EmptyRange } from './empty-range.tsx';
import type { ListQuery, ListSpec } from './list-spec.ts';
import { type ListView, printListView } from './list-view.ts';
import { TableSkeleton } from './table-skeleton.tsx';
import { rangeQuery, type useRows } from './use-rows.ts';

interface ListBodyProps<Row> {
  readonly spec: ListSpec<Row>;
  readonly view: ListView;
  readonly project: string;
  readonly parsed: ReturnType<typeof parseFilter>;
  readonly list: ReturnType<typeof useRows<Row>>['list'];
  readonly isEmpty: boolean;
  /** Address of the list with another filter. */
  readonly search: (filter: string) => SearchRecord;
  /** What is shown instead of the list. */
  readonly instead: ReactNode | undefined;
  readonly countRows: ((query: ListQuery, signal: AbortSignal) => Promise<FoundRows>) | undefined;
  readonly children: ReactNode;
}

/** The rows of a list (`children`), or what explains why there are none. */
export function ListBody<Row>(props: ListBodyProps<Row>) {
  const { spec, view, project, parsed, list, isEmpty, search, instead, countRows, children } = props;
  const { projects } = useProject();
  const { path } = spec;
  if (!parsed.ok)
    return <BrokenFilter filter={view.q} path={path} search={search} problem={parsed.problem} />;
  if (instead !== undefined) return instead;
  if (list.isError && isEmpty) return <ProblemView error={list.error} onRetry={() => void list.refetch()} />;
  if (list.isPending) return <TableSkeleton />;
  if (!isEmpty) return children;
  if (view.q !== '' || Object.keys(view.fields).length > 0)
    return (
      <EmptyFilter
        filter={view.q}
        range={view.range}
        project={project}
        path={path}
        nouns={spec.nouns}
        search={search}
        count={(q, signal) => {
          const query = {
            project,
            ...rangeQuery(view.range),
            sort: view.sort,
            ...(q !== '' && { q }),
            fields: {},
          };
          return countRows ? countRows(query, signal) : countFirstPage(spec, query, signal);
        }}
      />
    );
  return (
    <EmptyRange
      range={view.range}
      project={project}
      path={path}
      noun={spec.nouns[1]}
      search={(range) => printListView({ ...view, project, range }, spec)}
      lastSpanAt={projects.find((each) => each.name === project)?.lastSpanAt}
    />
  );
}

/** Maximum number of rows that are counted for another filter. */
const COUNTED = 100;

async function countFirstPage<Row>(
  spec: ListSpec<Row>,
  query: ListQuery,
  signal: AbortSignal,
): Promise<FoundRows> {
  const page = await spec.read(query, COUNTED, null, signal);
  const more = page.nextCursor !== null ? ' or more' : '';
  return {
    count: page.rows.length,
    text: `${page.rows.length}${more} ${page.rows.length === 1 ? spec.nouns[0] : spec.nouns[1]}`,
  };
}
