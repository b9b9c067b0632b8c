import { isDigitAt, isWordAt } from '../text/chars.ts';

const LONGEST = 96;
const TAIL = /^\*{4} [0-9A-Za-z]{0,4}(?![0-9A-Za-z]|[ .-]\d)/;
const BASE64_MARK = ';base64,';

/** Characters at which a stretch may begin that is never scanned. The scan knows them by their codes. */
export const INERT_TRIGGERS = '[*;';

/** Narrows them by the character before, as detectors do. */
export function canInertFollow(previous: string, trigger: string): boolean {
  if (trigger === '*') return previous !== '*';
  return trigger === '[' || /[a-z0-9]/i.test(previous);
}

/**
 * The end of a stretch at `at` that is never scanned, or undefined. Such stretches are placeholders, which makes
 * redaction idempotent, and the bodies of `data:` URLs: an image may contain any digits, and a replacement would break it.
 */
export function inertEnd(text: string, at: number, labels: ReadonlySet<string>): number | undefined {
  const code = text.charCodeAt(at);
  if (code === 0x5b) return placeholderEnd(text, at, labels);
  if (code === 0x2a) {
    if (text.charCodeAt(at + 4) !== 0x20 || !text.startsWith('**** ', at)) return undefined;
    const tail = TAIL.exec(text.slice(at, at + 12));
    return tail === null ? undefined : at + tail[0].length;
  }
  return text.charCodeAt(at + 1) === 0x62 && text.startsWith(BASE64_MARK, at)
    ? base64End(text, at + BASE64_MARK.length)
    : undefined;
}

/** `[LABEL]` or `[LABEL_suffix]` with a label in use. */
function placeholderEnd(text: string, at: number, labels: ReadonlySet<string>): number | undefined {
  const first = text.charCodeAt(at + 1);
  if (!(first >= 0x41 && first <= 0x5a)) return undefined;
  let end = at + 1;
  const limit = at + LONGEST;
  while (
    end < limit &&
    (isWordAt(text, end) || text.charCodeAt(end) === 0x5f || text.charCodeAt(end) === 0x2d)
  )
    end++;
  if (text.charCodeAt(end) !== 0x5d) return undefined;
  const body = text.slice(at + 1, end);
  if (labels.has(body)) return end + 1;
  for (let cut = body.lastIndexOf('_'); cut > 0; cut = body.lastIndexOf('_', cut - 1)) {
    if (labels.has(body.slice(0, cut))) return end + 1;
  }
  return undefined;
}

function base64End(text: string, start: number): number {
  let end = start;
  while (isBase64At(text, end)) end++;
  return end;
}

function isBase64At(text: string, index: number): boolean {
  const code = text.charCodeAt(index) | 0x20;
  // Letters, digits, + / = and the URL-safe - _ (0x5f, which the bit above turns into 0x7f).
  return (
    (code >= 0x61 && code <= 0x7a) ||
    isDigitAt(text, index) ||
    code === 0x2b ||
    code === 0x2f ||
    code === 0x3d ||
    code === 0x2d ||
    code === 0x7f
  );
}

/** The inert stretch that contains `index`, or undefined. */
export function inertAround(
  text: string,
  index: number,
  labels: ReadonlySet<string>,
): { readonly start: number; readonly end: number } | undefined {
  const limit = Math.max(0, index - LONGEST);
  for (let start = index; start >= limit; start--) {
    const code = text.charCodeAt(start);
    if (code !== 0x5b && code !== 0x2a) continue;
    const end = inertEnd(text, start, labels);
    if (end !== undefined && end > index) return { start, end };
  }
  return undefined;
}
