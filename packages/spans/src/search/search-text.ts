import type { SpanContent } from '../model/content.ts';
import { foldText } from './fold-text.ts';
import { type SearchableSpan, searchedTexts } from './searched-texts.ts';

/** Maximum size of the search text of a span. The rest of longer texts is not searched. */
export const MAX_SEARCH_BYTES = 1 << 20;
/** Stands between two texts, so that a phrase does not match the end of one message and the start of the next. */
export const TEXT_BOUNDARY = '\u0001';

/** Returns the folded text in which free text and phrases of a filter are searched. */
export function searchTextOf(span: SearchableSpan, content: SpanContent): string {
  let searchText = '';
  let bytesLeft = MAX_SEARCH_BYTES;
  for (const text of searchedTexts(span, content)) {
    let folded = foldText(text);
    const bytes = utf8Length(folded);
    if (bytes > bytesLeft) folded = firstBytes(folded, bytesLeft);
    searchText = searchText === '' ? folded : searchText + TEXT_BOUNDARY + folded;
    bytesLeft -= bytes + TEXT_BOUNDARY.length;
    if (bytesLeft <= 0) break;
  }
  return searchText;
}

/** Size of a text as UTF-8. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) bytes += moreBytes(text.charCodeAt(at));
  return bytes;
}

/** The start of a text that has at most this many bytes as UTF-8. */
function firstBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let at = 0;
  while (at < text.length) {
    bytes += 1 + moreBytes(text.charCodeAt(at));
    if (bytes > maxBytes) break;
    at++;
  }
  // Half of a surrogate pair is no character.
  return text.slice(0, (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 ? at - 1 : at);
}

/** Bytes of a UTF-16 code unit beyond the first. Each half of a surrogate pair has two bytes. */
function moreBytes(code: number): number {
  if (code <= 0x7f) return 0;
  return code < 0x800 || (code & 0xf800) === 0xd800 ? 1 : 2;
}
