import { type RefObject, useEffect, useState } from 'react';

/** Rows are rendered in steps of this size, so that most scrolling does not render anything. */
const STEP = 16;

/** The range of rows to render: the visible ones and some around them. `last` is excluded. */
export function useRowWindow(
  scroller: RefObject<HTMLElement | null>,
  rowCount: number,
  rowHeight: number,
  viewHeight: number,
): { first: number; last: number } {
  const [first, setFirst] = useState(0);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const update = () => setFirst(firstOf(element.scrollTop, rowHeight));
    update();
    element.addEventListener('scroll', update, { passive: true });
    return () => element.removeEventListener('scroll', update);
  }, [scroller, rowHeight]);
  const inSight = Math.ceil(viewHeight / rowHeight);
  // If rows are collapsed, the browser scrolls up by itself, but only after the next layout.
  const from = Math.min(first, firstOf(Math.max(0, rowCount - inSight) * rowHeight, rowHeight));
  return { first: from, last: Math.min(rowCount, from + inSight + 3 * STEP) };
}

function firstOf(scrollTop: number, rowHeight: number): number {
  return Math.max(0, (Math.floor(scrollTop / rowHeight / STEP) - 1) * STEP);
}
