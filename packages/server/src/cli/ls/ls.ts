import { isScoreSort } from '../../contract/score-sort.ts';
import { type ListedSpan, SPAN_SORTS } from '../../contract/span-list.ts';
import { type ListedTrace, TRACE_SORTS } from '../../contract/trace.ts';
import { GROUP_SORTS } from '../../contract/trace-groups.ts';
import { type ApiTarget, CliError, getFromApi } from '../api-client.ts';
import { checkFilter } from '../check-filter.ts';
import { formatTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';
import { attributeColumns, groupColumns, spanColumns, traceColumns } from './columns.ts';
import { joinFilters, readSavedView } from './saved-view.ts';

export interface LsOptions {
  readonly list: ListName;
  readonly limit: number;
  readonly sort?: string | undefined;
  /** Attributes as columns, such as `attr.plan,attr.region`. */
  readonly columns?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly filter?: string | undefined;
  /** Name of a saved view. */
  readonly view?: string | undefined;
  readonly json: boolean;
}

/** The lists, with the path of the API and the property of its response that contains the rows. */
export type ListName = 'traces' | 'spans' | 'sessions' | 'users';

const SORTS: Readonly<Record<ListName, readonly string[]>> = {
  traces: TRACE_SORTS,
  spans: SPAN_SORTS,
  sessions: GROUP_SORTS,
  users: GROUP_SORTS,
};

/** Prints a list as a table, or as the JSON of the API. */
export async function ls(terminal: Terminal, target: ApiTarget, options: LsOptions): Promise<void> {
  const { list, limit, columns, json } = options;
  const view = options.view === undefined ? {} : await readSavedView(target, list, options.view, Date.now());
  const sort = options.sort ?? view.sort;
  // A time on the command line replaces the whole range of the view.
  const { from, to } = options.from === undefined && options.to === undefined ? view : options;
  const filter = joinFilters(view.filter, options.filter);
  checkFilter(filter, { of: list === 'spans' ? 'span' : 'trace' });
  const isScore = (list === 'traces' || list === 'spans') && sort !== undefined && isScoreSort(sort);
  if (sort !== undefined && !isScore && !SORTS[list].includes(sort))
    throw new CliError(`--sort ${sort} is not an order of ${list}. Orders: ${SORTS[list].join(', ')}.`, 2);
  if (columns !== undefined && (list === 'sessions' || list === 'users'))
    throw new CliError('--columns is for traces and spans.', 2);
  const response = await getFromApi(target, `/${list}`, { limit, sort, columns, from, to, q: filter });
  if (json) return terminal.out(`${await response.text()}\n`);
  const rows = ((await response.json()) as Record<ListName, readonly never[]>)[list];
  if (rows.length === 0) {
    const filtered = filter === undefined ? '' : ` that match ${filter}`;
    return terminal.out(`No ${list}${filtered} in project "${target.project ?? 'default'}".\n`);
  }
  switch (list) {
    case 'traces':
      return terminal.out(
        formatTable([...traceColumns(terminal), ...attributeColumns<ListedTrace>(rows)], rows),
      );
    case 'spans':
      return terminal.out(
        formatTable([...spanColumns(terminal), ...attributeColumns<ListedSpan>(rows)], rows),
      );
    default:
      return terminal.out(formatTable(groupColumns(terminal, list), rows));
  }
}
