import { type RefObject, useEffect, useRef } from 'react';

/** How far below the visible part the next page is already loaded. */
const AHEAD = '1200px';

/** Calls `more` when the returned element comes near the visible part of the scroller. Undefined: there is nothing more. */
export function useMore(more: (() => void) | undefined, scroller: RefObject<HTMLElement | null>) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(more);
  const canLoad = more !== undefined;
  useEffect(() => {
    latest.current = more;
  });
  useEffect(() => {
    if (!canLoad || !end.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && latest.current?.(),
      { root: scroller.current, rootMargin: AHEAD },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [canLoad, scroller]);
  return end;
}
