import { isDigitAt, isWordAt } from '../text/chars.ts';

/** Placeholders with more characters are not recognised. */
const LONGEST = 96;
const TAIL = /^\*{4} [0-9A-Za-z]{0,4}(?![0-9A-Za-z]|[ .-]\d)/;
const BASE64_MARK = ';base64,';

/** The first characters of protected text. `scan.ts` compares the same characters by their codes. */
export const PROTECTED_TRIGGERS = '[*;';

/** Like a detector's `canFollow`: false if protected text cannot begin at `trigger` after this character. */
export function canStartProtected(previous: string, trigger: string): boolean {
  if (trigger === '*') return previous !== '*';
  return trigger === '[' || /[a-z0-9]/i.test(previous);
}

/**
 * Returns the end of the protected text that begins at `at`, or undefined if there is none. Protected text is never
 * scanned. It is either a placeholder, so that redaction is idempotent, or the Base64 body of a `data:` URL, because a
 * replacement would break the encoded file.
 */
export function protectedEnd(text: string, at: number, labels: ReadonlySet<string>): number | undefined {
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

/** Returns the end of `[LABEL]` or `[LABEL_suffix]`, or undefined if no rule has this label. */
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
  // Letters, digits, `+`, `/`, `=`, and `-` and `_` of URL-safe Base64 (setting the bit above turns `_` into 0x7f).
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

/** Returns the placeholder that contains `index`, or undefined if there is none. */
export function placeholderAround(
  text: string,
  index: number,
  labels: ReadonlySet<string>,
): { readonly start: number; readonly end: number } | undefined {
  const limit = Math.max(0, index - LONGEST);
  for (let start = index; start >= limit; start--) {
    const code = text.charCodeAt(start);
    if (code !== 0x5b && code !== 0x2a) continue;
    const end = protectedEnd(text, start, labels);
    if (end !== undefined && end > index) return { start, end };
  }
  return undefined;
}
