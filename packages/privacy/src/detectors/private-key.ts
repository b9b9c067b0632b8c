import type { Detector } from './detector.ts';

const BEGIN = '-----BEGIN ';
const HEADER = /^-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/;
const FOOTER = /^-----END [A-Z0-9 ]{1,50}-----/;
const LONGEST_LINE = 80;
/** Characters of Base64, white space, escaped line breaks and the header lines of older formats. */
const BODY = /[A-Za-z0-9+/=\s\\:,.()-]/;
const MIN_BODY = 16;

/** Finds private keys in PEM or OpenPGP format (RFC 7468, RFC 9580). The end may be missing in truncated text. */
export const privateKey: Detector = {
  label: 'PRIVATE_KEY',
  triggers: 'B',
  canFollow: (previous) => previous === '-',
  find(text, at, from) {
    const start = at - BEGIN.indexOf('B');
    if (start < from || !text.startsWith(BEGIN, start)) return undefined;
    const header = HEADER.exec(text.slice(start, start + LONGEST_LINE));
    if (header === null) return undefined;
    const bodyStart = start + header[0].length;
    const bodyEnd = skipBody(text, bodyStart);
    const footer = FOOTER.exec(text.slice(bodyEnd, bodyEnd + LONGEST_LINE));
    if (footer !== null) return { start, end: bodyEnd + footer[0].length };
    // Without a footer, the body ends at its last Base64 character. Anything after it is surrounding text.
    const end = bodyStart + text.slice(bodyStart, bodyEnd).replace(/[^A-Za-z0-9+/=]{1,64}$/, '').length;
    return end - bodyStart < MIN_BODY ? undefined : { start, end };
  },
  normalise: (value) => value,
};

function skipBody(text: string, index: number): number {
  let end = index;
  while (end < text.length && BODY.test(text.charAt(end)) && !text.startsWith('-----', end)) end++;
  return end;
}
