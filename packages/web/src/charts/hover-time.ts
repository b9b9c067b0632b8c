import { createContext, useContext, useState, useSyncExternalStore } from 'react';

/** The instant under the pointer, which all charts of a page mark. */
export interface HoverTime {
  readonly get: () => number | null;
  readonly set: (epochMs: number | null) => void;
  readonly subscribe: (changed: () => void) => () => void;
}

function createHoverTime(): HoverTime {
  let current: number | null = null;
  const listeners = new Set<() => void>();
  return {
    get: () => current,
    set: (epochMs) => {
      if (epochMs === current) return;
      current = epochMs;
      for (const listener of listeners) listener();
    },
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
  };
}

/** The hover time of a page, which its charts share. */
export function useNewHoverTime(): HoverTime {
  return useState(createHoverTime)[0];
}

export const HoverTimeContext = createContext<HoverTime>(createHoverTime());

/** The instant that is marked, and a function that marks another one. */
export function useHoverTime(): [number | null, (epochMs: number | null) => void] {
  const hover = useContext(HoverTimeContext);
  return [useSyncExternalStore(hover.subscribe, hover.get), hover.set];
}
