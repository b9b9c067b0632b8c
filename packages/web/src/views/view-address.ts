import type { SearchRecord } from '../url/search-params.ts';

/** Parameters with a position in a list. They do not define which list it is. */
const TRANSIENT: ReadonlySet<string> = new Set(['project', 'view', 'peek', 'live']);

/** Value of `view` in the address of a list that shows everything, although its page has a default view. */
export const NO_VIEW = 'none';

/**
 * Returns the part of an address that a view saves: filter, range, order, columns and all else that defines the list.
 */
export function listState(search: SearchRecord): SearchRecord {
  return Object.fromEntries(Object.entries(search).filter(([name]) => !TRANSIENT.has(name)));
}

export function isSameState(one: SearchRecord, other: SearchRecord): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

const isEmpty = (state: SearchRecord): boolean => Object.keys(state).length === 0;

/** Whether an address belongs to a saved view, which may not exist. */
export function isOfView({ view }: SearchRecord): boolean {
  return view !== undefined && view !== NO_VIEW;
}

/** Whether an address names a view that does not exist. `views` is undefined until they are loaded. */
export function isMissing(
  search: SearchRecord,
  views: readonly { readonly id: string }[] | undefined,
): boolean {
  return isOfView(search) && views?.some(({ id }) => id === search.view) === false;
}

interface SavedView {
  readonly id: string;
  readonly isDefault: boolean;
  readonly state: { readonly search: Readonly<Record<string, string>> };
}

/** The address that shows a view. It contains the whole list, so that it stays the same if somebody changes the view. */
export function viewAddress({ id, state }: SavedView, project: string): SearchRecord {
  return { ...listState(state.search), project, view: id };
}

/** The address of the list without a view. */
export function addressWithoutView(project: string, views: readonly SavedView[]): SearchRecord {
  return views.some(({ isDefault }) => isDefault) ? { project, view: NO_VIEW } : { project };
}

/**
 * The view whose list an address stands for without containing it: `?view=<id>` alone, or no parameters on a page that
 * has a default view. Undefined if the address contains its list, or shows everything on purpose.
 */
export function impliedView<View extends SavedView>(
  search: SearchRecord,
  views: readonly View[],
): View | undefined {
  if (search.view === NO_VIEW || !isEmpty(listState(search))) return undefined;
  const view = views.find(({ id, isDefault }) => (search.view ? id === search.view : isDefault));
  // A view without parameters is its own address.
  return view && search.view === view.id && isEmpty(listState(view.state.search)) ? undefined : view;
}

/**
 * The parameters of a changed list: it still belongs to the view of the address before, unless the change removed
 * everything. Without this mark, an address without parameters would open the default view or the view itself again.
 */
export function afterChange(before: SearchRecord, next: SearchRecord): SearchRecord {
  if (before.view === undefined) return next;
  if (!isEmpty(listState(next))) return before.view === NO_VIEW ? next : { ...next, view: before.view };
  return { ...next, view: isEmpty(listState(before)) ? before.view : NO_VIEW };
}
