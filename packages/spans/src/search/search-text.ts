import type { SpanContent } from '../model/content.ts';
import { foldText } from './fold-text.ts';
import { type SearchableSpan, searchedTexts } from './searched-texts.ts';
import { firstUtf8, isAscii, utf8Length } from './utf8.ts';

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
    const bytes = isAscii(folded) ? folded.length : utf8Length(folded);
    if (bytes > bytesLeft) folded = firstUtf8(folded, bytesLeft);
    searchText = searchText === '' ? folded : searchText + TEXT_BOUNDARY + folded;
    bytesLeft -= bytes + TEXT_BOUNDARY.length;
    if (bytesLeft <= 0) break;
  }
  return searchText;
}
