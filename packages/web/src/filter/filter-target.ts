import { createContext } from 'react';
import type { SearchRecord } from '../url/search-params.ts';

/** The list of traces that a value on the page filters. */
export interface FilterTarget {
  /** The filter to which a condition is added. */
  readonly filter: string;
  /** Address of the list with another filter. */
  readonly search: (filter: string) => SearchRecord;
}

/** Null: values on the page are no links. */
export const FilterTargetContext = createContext<FilterTarget | null>(null);
