import { type RefObject, useEffect, useState } from 'react';

/** Whether the list is scrolled to its top. `present` says whether the list is on the page. */
export function useAtTop(scroller: RefObject<HTMLElement | null>, present: boolean): boolean {
  const [atTop, setAtTop] = useState(true);
  useEffect(() => {
    const element = present ? scroller.current : null;
    if (!element) return;
    const check = () => setAtTop(element.scrollTop < 8);
    check();
    element.addEventListener('scroll', check, { passive: true });
    return () => element.removeEventListener('scroll', check);
  }, [scroller, present]);
  return atTop;
}
