import type { View, ViewPage } from '../../contract/view.ts';
import { type ApiTarget, CliError, getFromApi } from '../api-client.ts';

/** The settings of a saved view. Flags of the command line override them. */
export interface ViewChoice {
  readonly filter?: string | undefined;
  readonly sort?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The range of a page whose address has none. */
const DEFAULT_RANGE = '24h';
const MINUTE_MS = 60_000;
const UNIT_MS: Readonly<Record<string, number>> = {
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: 24 * 60 * MINUTE_MS,
};

/**
 * The list of a saved view, found by its name in any case or by its id.
 *
 * @throws CliError with the names that exist
 */
export async function readSavedView(
  target: ApiTarget,
  page: ViewPage,
  name: string,
  nowMs: number,
): Promise<ViewChoice> {
  const response = await getFromApi(target, '/views', { page });
  const { views } = (await response.json()) as { views: readonly View[] };
  const wanted = name.normalize('NFKC').toLowerCase();
  const view =
    views.find((each) => each.name.normalize('NFKC').toLowerCase() === wanted) ??
    views.find(({ id }) => id === name);
  if (view) return choiceOf(view.state.search, nowMs);
  const project = target.project ?? 'default';
  const known = views.map((each) => `"${each.name}"`).join(', ');
  throw new CliError(
    `Project "${project}" has no view of ${page} named "${name}". ${known === '' ? 'It has none.' : `Views: ${known}.`}`,
  );
}

/** Reads the parameters of the page's address. */
export function choiceOf(search: Readonly<Record<string, string>>, nowMs: number): ViewChoice {
  const { q, sort, range = DEFAULT_RANGE, from, to } = search;
  const isAbsolute = from !== undefined && to !== undefined;
  return {
    ...(q && { filter: q }),
    ...(sort && { sort }),
    ...(isAbsolute ? { from, to } : { from: new Date(nowMs - msOf(range)).toISOString() }),
  };
}

/** `7d` in milliseconds. A range that is not known is the default one, as on the page. */
function msOf(range: string): number {
  const [, count, unit = ''] = /^(\d{1,4})([mhd])$/.exec(range) ?? [];
  return count === undefined ? msOf(DEFAULT_RANGE) : Number(count) * (UNIT_MS[unit] as number);
}

/** Returns a filter that matches if both filters match. */
export function joinFilters(one: string | undefined, other: string | undefined): string | undefined {
  return one && other ? `(${one}) (${other})` : (one ?? other);
}
