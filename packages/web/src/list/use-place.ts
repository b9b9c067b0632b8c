import { type RefObject, useEffect, useEffectEvent, useLayoutEffect, useState } from 'react';

/** The scroll position and the active row of a list. */
interface Place {
  readonly offset: number;
  readonly activeId?: string | undefined;
}

const NOWHERE: Place = { offset: 0 };

/** Saves the scroll position and the active row of the list with this name, so that Back returns to them. */
export function usePlace(
  name: string,
  scroller: RefObject<HTMLElement | null>,
  activeId: string | undefined,
): { readonly initial: Place } {
  const [initial] = useState(() => readPlace(name));
  const save = useEffectEvent(() => {
    writePlace(name, { offset: scroller.current?.scrollTop ?? 0, activeId: activeId ?? initial.activeId });
  });
  useEffect(() => {
    const element = scroller.current;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const onScroll = () => {
      clearTimeout(timer);
      timer = setTimeout(() => save(), 100);
    };
    element?.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      clearTimeout(timer);
      element?.removeEventListener('scroll', onScroll);
    };
  });
  useEffect(() => {
    if (activeId !== undefined) save();
  }, [activeId]);
  // If the user opens a trace right after scrolling, the page is left before the timer fires.
  useLayoutEffect(() => () => save(), []);
  return { initial };
}

/** Number of lists whose places are remembered. */
const MOST_PLACES = 30;

function readPlace(name: string): Place {
  const found = readPlaces().find((place) => place[0] === name)?.[1];
  if (typeof found !== 'object' || found === null) return NOWHERE;
  const { offset, activeId } = found as { offset?: unknown; activeId?: unknown };
  return {
    offset: typeof offset === 'number' ? offset : 0,
    activeId: typeof activeId === 'string' ? activeId : undefined,
  };
}

function writePlace(name: string, place: Place) {
  const others = readPlaces().filter((other) => other[0] !== name);
  try {
    sessionStorage.setItem(
      'throughline.places',
      JSON.stringify([[name, place], ...others].slice(0, MOST_PLACES)),
    );
  } catch {
    // Storage is blocked or full: Back returns to the top of the list.
  }
}

/** Names of lists with their places, the last one first. */
function readPlaces(): readonly (readonly unknown[])[] {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem('throughline.places') ?? '[]');
    return Array.isArray(value) ? value.filter((entry) => Array.isArray(entry)) : [];
  } catch {
    return [];
  }
}
