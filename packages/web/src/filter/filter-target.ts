import { createContext } from 'react';
import type { SearchRecord } from '../url/search-params.ts';

/** The pages with a filter. */
export type FilterPath = '/' | '/spans' | '/sessions' | '/users' | '/scores';

/** The list that a value on the page filters. */
export interface FilterTarget {
  /** Default: the list of traces. */
  readonly path?: FilterPath;
  /** The filter to which a condition is added. */
  readonly filter: string;
  /** Address of the list with another filter. */
  readonly search: (filter: string) => SearchRecord;
}

/** Null: values on the page are no links. */
export const FilterTargetContext = createContext<FilterTarget | null>(null);
