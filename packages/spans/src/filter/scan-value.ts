import type { FilterProblem } from './expression.ts';

/** A value as written, split at wildcards. `a*` has the pieces `a` and ``; `"a b"` has the single piece `a b`. */
export interface ScannedValue {
  readonly pieces: readonly string[];
  /** Whether any part is in quotation marks. */
  readonly quoted: boolean;
  readonly end: number;
}

export function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}

export function skipSpace(text: string, start: number): number {
  let at = start;
  while (isSpace(text[at])) at += 1;
  return at;
}

/**
 * Scans a value from `start`: bare characters, quoted texts and `*` in any order, up to white space or a parenthesis.
 * Inside quotation marks, `\"` and `\\` are escapes.
 */
export function scanValue(text: string, start: number): ScannedValue | FilterProblem {
  const pieces = [''];
  let quoted = false;
  let at = start;
  const append = (more: string) => {
    pieces[pieces.length - 1] += more;
  };
  while (at < text.length && !isSpace(text[at]) && text[at] !== '(' && text[at] !== ')') {
    if (text[at] === '"') {
      const closed = scanQuoted(text, at);
      if ('message' in closed) return closed;
      append(closed.text);
      quoted = true;
      at = closed.end;
    } else if (text[at] === '*') {
      // Two consecutive wildcards mean the same as one.
      if (pieces.length === 1 || pieces.at(-1) !== '') pieces.push('');
      at += 1;
    } else {
      append(text[at] as string);
      at += 1;
    }
  }
  return { pieces, quoted, end: at };
}

/** Scans the quoted text that begins at `start`. */
export function scanQuoted(
  text: string,
  start: number,
): { readonly text: string; readonly end: number } | FilterProblem {
  let value = '';
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '"') return { text: value, end: at + 1 };
    if (text[at] === '\\') at += 1;
    value += text[at] ?? '';
  }
  return {
    position: start,
    length: text.length - start,
    message: 'This quotation mark is never closed.',
    suggestion: `${text.slice(start).replace(/\\$/, '')}"`,
  };
}
