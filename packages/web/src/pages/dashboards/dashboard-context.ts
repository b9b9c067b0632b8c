import { createContext, useContext } from 'react';
import type { DashboardView } from './url.ts';

/** What all panels of a page share. */
export interface DashboardState {
  readonly project: string;
  readonly view: DashboardView;
  /** The chosen dimension. */
  readonly by: string;
  /** The range of the page, which ends at the same instant for all panels. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly nowMs: number;
  readonly show: (change: Partial<DashboardView>) => void;
}

export const DashboardContext = createContext<DashboardState | null>(null);

export function useDashboard(): DashboardState {
  const state = useContext(DashboardContext);
  if (!state) throw new Error('A panel needs a dashboard around it.');
  return state;
}
