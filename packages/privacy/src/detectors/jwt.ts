import { isTokenAt } from '../text/chars.ts';
import type { Detector } from './detector.ts';

const MIN_PART = 10;

/**
 * Finds JSON Web Tokens (RFC 7519), which have the form `eyJ….….…`. The third part may be missing in truncated text.
 */
export const jwt: Detector = {
  label: 'JWT',
  triggers: 'J',
  canFollow: (previous) => previous === 'y',
  find(text, at, from) {
    const start = at - 2;
    if (start < from || !text.startsWith('ey', start)) return undefined;
    // A token must not begin inside a longer run. Otherwise the run would be read again from each `eyJ` in it.
    if (isTokenAt(text, start - 1) && text.charCodeAt(start - 2) !== 0x5c) return undefined;
    const headerEnd = skipToken(text, start);
    if (headerEnd - start < MIN_PART || text.charCodeAt(headerEnd) !== 0x2e) return undefined;
    const payloadEnd = skipToken(text, headerEnd + 1);
    if (payloadEnd - headerEnd - 1 < MIN_PART) return undefined;
    if (text.charCodeAt(payloadEnd) !== 0x2e) return { start, end: payloadEnd };
    return { start, end: skipToken(text, payloadEnd + 1) };
  },
  normalise: (value) => value,
};

function skipToken(text: string, index: number): number {
  let end = index;
  while (isTokenAt(text, end)) end++;
  return end;
}
