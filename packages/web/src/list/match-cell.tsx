import type { TraceSummary } from '../api/types.ts';

type TextMatch = NonNullable<TraceSummary['match']>;

/** The passage that a search found, with its matches marked. */
export function MatchCell({ match }: { match: TextMatch }) {
  return (
    <span className="min-w-0 truncate text-ink-soft" title={match.text}>
      {piecesOf(match).map(({ text, isMatch }, index) =>
        isMatch ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a passage have no ids and never move.
          <mark key={index} className="rounded-xs bg-mark text-ink">
            {text}
          </mark>
        ) : (
          text
        ),
      )}
    </span>
  );
}

interface PassagePiece {
  readonly text: string;
  readonly isMatch: boolean;
}

/** Splits a passage at its matches. */
export function piecesOf({ text, marks }: Pick<TextMatch, 'text' | 'marks'>): PassagePiece[] {
  const pieces: PassagePiece[] = [];
  let at = 0;
  for (const { start, end } of marks) {
    if (start > at) pieces.push({ text: text.slice(at, start), isMatch: false });
    pieces.push({ text: text.slice(start, end), isMatch: true });
    at = end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isMatch: false });
  return pieces;
}

/** The different texts that a search found, as the page of the trace marks them. */
export function foundTexts(match: Pick<TextMatch, 'text' | 'marks'>): string[] {
  return [...new Set(piecesOf(match).flatMap(({ text, isMatch }) => (isMatch ? [text.toLowerCase()] : [])))];
}
