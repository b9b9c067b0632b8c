import { lazy, Suspense, useState } from 'react';
import { countOf, showLength } from '../format/numbers.ts';
import { countLines, type FoldLimit, foldPoint, nextFoldPoint } from './fold.ts';

const Markdown = lazy(() => import('./markdown.tsx').then((module) => ({ default: module.Markdown })));

/** Markdown longer than this is shown as plain text, because parsing it would block the page. */
const MOST_MARKDOWN = 60_000;

interface FoldedTextProps {
  readonly text: string;
  /** Render the text as Markdown if it is short enough. */
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
  const plain = (
    <div className={`whitespace-pre-wrap wrap-anywhere ${mono ? 'font-mono text-small' : 'text-read'}`}>
      {shown}
    </div>
  );
  return (
    <>
      {rendered && shown.length <= MOST_MARKDOWN ? (
        <Suspense fallback={plain}>
          <Markdown text={shown} />
        </Suspense>
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
