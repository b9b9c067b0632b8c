import { usePreference } from '../ui/preference.ts';

const MOST = 20;

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const NO_FILTERS: readonly string[] = [];

/** The filters that the user applied last in a project, newest first. They are stored in the browser. */
export function useRecentFilters(project: string): {
  readonly recent: readonly string[];
  readonly remember: (filter: string) => void;
} {
  const [recent, setRecent] = usePreference(`filters.${project}`, NO_FILTERS, isTexts);
  return { recent, remember: (filter) => setRecent(withRecent(recent, filter)) };
}

export function withRecent(recent: readonly string[], filter: string): readonly string[] {
  if (filter === '') return recent;
  return [filter, ...recent.filter((each) => each !== filter)].slice(0, MOST);
}
