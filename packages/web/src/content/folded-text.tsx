import { CatchBoundary } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';
import { countOf, showLength } from '../format/numbers.ts';
import { countLines, type FoldLimit, foldPoint, nextFoldPoint } from './fold.ts';
import { isTooComplex } from './markdown-limits.ts';

const Markdown = lazy(() => import('./markdown.tsx').then((module) => ({ default: module.Markdown })));

/** Markdown longer than this is shown as plain text, because parsing it would block the page. */
const MOST_MARKDOWN = 60_000;

interface FoldedTextProps {
  readonly text: string;
  /** Render the text as Markdown if it is short and simple enough. */
  readonly rendered?: boolean;
  readonly mono?: boolean;
  /** Default: 30 lines. */
  readonly limit?: FoldLimit;
}

/** A text of any length. A long text is folded, with its length and a button to show more. */
export function FoldedText({ text, rendered = false, mono = false, limit }: FoldedTextProps) {
  const first = foldPoint(text, limit);
  const [end, setEnd] = useState(first);
  const shown = text.slice(0, Math.max(end, first));
  const left = text.length - shown.length;
  const asMarkdown = useMemo(
    () => rendered && shown.length <= MOST_MARKDOWN && !isTooComplex(shown),
    [rendered, shown],
  );
  // It is also shown if the text cannot be rendered, so that one text never replaces the page by an error.
  const plain = (
    <div className={`whitespace-pre-wrap wrap-anywhere ${mono ? 'font-mono text-small' : 'text-read'}`}>
      {shown}
    </div>
  );
  return (
    <>
      {asMarkdown ? (
        <CatchBoundary getResetKey={() => shown} errorComponent={() => plain}>
          <Suspense fallback={plain}>
            <Markdown text={shown} />
          </Suspense>
        </CatchBoundary>
      ) : (
        plain
      )}
      {left > 0 && (
        <button
          type="button"
          className="link mt-1 text-small"
          onClick={() => setEnd(nextFoldPoint(text, end))}
        >
          Show {nextFoldPoint(text, end) === text.length ? 'all' : 'more'} · {sizeOf(text)}
        </button>
      )}
      {left === 0 && first < text.length && (
        <button type="button" className="link mt-1 text-small" onClick={() => setEnd(first)}>
          Show less
        </button>
      )}
    </>
  );
}

function sizeOf(text: string): string {
  const lines = countLines(text);
  return lines === 1 ? showLength(text.length) : `${countOf(lines, 'line')}, ${showLength(text.length)}`;
}
