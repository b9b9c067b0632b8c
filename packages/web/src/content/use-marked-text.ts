import { findText } from '@throughline/spans';
import { type RefObject, useEffect, useState } from 'react';

/** Name of the marks in `::highlight()` of the style sheet. */
const HIGHLIGHT = 'search';
/** Maximum number of marks, so that a huge text with many matches stays quick. */
const MAX_MARKS = 2_000;

/**
 * Marks texts everywhere in an element, also in content that appears later. Marks are drawn by the browser without changing
 * the document. Browsers without support for that show no marks.
 */
export function useMarkedText(element: RefObject<HTMLElement | null>, texts: readonly string[]): void {
  const key = texts.join('\n');
  const [root, setRoot] = useState<HTMLElement | null>(null);
  // The element can appear later than the component, for example once the size of the page is known.
  useEffect(() => setRoot(element.current));
  useEffect(() => {
    if (root === null || key === '' || !('highlights' in CSS)) return;
    let frame = 0;
    const mark = () => {
      frame = 0;
      CSS.highlights.set(HIGHLIGHT, new Highlight(...rangesIn(root, key.split('\n'))));
    };
    const observer = new MutationObserver(() => {
      frame ||= requestAnimationFrame(mark);
    });
    observer.observe(root, { childList: true, subtree: true, characterData: true });
    mark();
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      CSS.highlights.delete(HIGHLIGHT);
    };
  }, [root, key]);
}

function rangesIn(root: HTMLElement, texts: readonly string[]): Range[] {
  const searched = texts.map((text) => ({ match: 'phrase' as const, text }));
  const ranges: Range[] = [];
  const nodes = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  for (let node = nodes.nextNode(); node && ranges.length < MAX_MARKS; node = nodes.nextNode()) {
    for (const { start, end } of findText(node.nodeValue ?? '', searched, MAX_MARKS - ranges.length)) {
      const range = new Range();
      range.setStart(node, start);
      range.setEnd(node, end);
      ranges.push(range);
    }
  }
  return ranges;
}
