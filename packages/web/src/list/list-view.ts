import { parseTimeRange, printTimeRange, type TimeRange } from '../url/time-range.ts';
import { type ListLayout, MAX_WIDTH, MIN_WIDTH } from './place-columns.ts';

/** Everything that defines what a list shows. `printListView` turns it into parameters, which saved views store. */
export interface ListView {
  /** If absent, the project that was shown last, else the one with the newest span. */
  readonly project?: string;
  readonly range: TimeRange;
  /** Filter in the language of `parseFilter`; may be wrong. Empty: all rows. */
  readonly q: string;
  /** A sort order of the API, such as `-startTime`. */
  readonly sort: string;
  readonly layout: ListLayout;
  /** Further conditions of a list that has no filter language, by parameter. */
  readonly fields: Readonly<Record<string, string>>;
  /** Key of the row in the preview. */
  readonly peek?: string;
  /** Whether new rows are shown at once while the list is scrolled to its top. */
  readonly live: boolean;
  /** Measure of the heat map that is shown instead of the list, such as `latency`. Absent: the list is shown. */
  readonly heat?: string;
  /** The selected box of the heat map. */
  readonly box?: string;
}

/** The orders and parameters that a list has. */
export interface ListParameters {
  readonly sorts: readonly string[];
  readonly defaultSort: string;
  readonly fields?: readonly string[];
  /** Whether rows have scores that can be columns and orders. */
  readonly scores?: boolean;
}

const SCORE_SORT = /^-?score\.[^\p{C}]{1,200}$/u;

export function parseListView(
  search: Readonly<Record<string, string>>,
  { sorts, defaultSort, fields = [], scores = false }: ListParameters,
): ListView {
  const { project, q = '', sort, peek, live, heat, box } = search;
  return {
    ...(project && { project }),
    range: parseTimeRange(search),
    q: q.trim(),
    sort:
      sort !== undefined && (sorts.includes(sort) || (scores && SCORE_SORT.test(sort))) ? sort : defaultSort,
    layout: parseLayout(search),
    fields: Object.fromEntries(fields.flatMap((name) => (search[name] ? [[name, search[name]]] : []))),
    ...(peek && { peek }),
    live: live === '1',
    ...(heat && { heat }),
    ...(heat && box && { box }),
  };
}

/** The search parameters of a view, without defaults. */
export function printListView(view: ListView, { defaultSort }: ListParameters): Record<string, string> {
  const { project, range, q, sort, layout, fields, peek, live, heat, box } = view;
  return {
    ...(project && { project }),
    ...printTimeRange(range),
    ...(q !== '' && { q }),
    ...fields,
    ...(sort !== defaultSort && { sort }),
    ...printLayout(layout),
    ...(peek && { peek }),
    ...(live && { live: '1' }),
    ...(heat && { heat }),
    ...(heat && box && { box }),
  };
}

/** The parameters of the columns and widths, also for storage in the browser. */
export function printLayout({ columns, widths }: ListLayout): Record<string, string> {
  const sizes = Object.entries(widths);
  return {
    ...(columns && { columns: columns.map(escapeText).join(',') }),
    ...(sizes.length > 0 && { widths: sizes.map(([id, width]) => `${escapeText(id)}:${width}`).join(',') }),
  };
}

export function parseLayout({ columns, widths }: Readonly<Record<string, string | undefined>>): ListLayout {
  return {
    ...(columns && { columns: splitEscaped(columns, ',') }),
    widths: parseWidths(widths ?? ''),
  };
}

function parseWidths(text: string): Record<string, number> {
  return Object.fromEntries(
    splitEscaped(text, ',', true).flatMap((entry) => {
      const [id, width, ...rest] = splitEscaped(entry, ':');
      const size = Number(width);
      const isWidth = id !== undefined && rest.length === 0 && size >= MIN_WIDTH && size <= MAX_WIDTH;
      return isWidth ? [[id, Math.round(size)]] : [];
    }),
  );
}

function escapeText(text: string): string {
  return text.replace(/[\\,:]/g, '\\$&');
}

/** The parts between separators. A character after a backslash is none. `keepEscapes` leaves the backslashes in the parts. */
function splitEscaped(text: string, separator: ',' | ':', keepEscapes = false): string[] {
  const parts = separator === ',' ? text.match(/(?:\\.|[^,\\])+/gs) : text.match(/(?:\\.|[^:\\])+/gs);
  return (parts ?? []).map((part) => (keepEscapes ? part : part.replace(/\\(.)/gs, '$1')));
}
