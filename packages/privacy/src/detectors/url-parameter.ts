import { isTokenAt } from '../text/chars.ts';
import { compileEndings } from '../text/word-endings.ts';
import type { Detector } from './detector.ts';

/** Names of parameters that sign a URL or authenticate its caller. They are found anywhere, not only in URLs. */
const SIGNATURES: readonly string[] = [
  'sig',
  'x-amz-signature',
  'x-amz-credential',
  'x-amz-security-token',
  'x-goog-signature',
  'x-goog-credential',
  'x-oss-signature',
  'x-oss-credential',
  'x-cos-signature',
  'q-signature',
  'ossaccesskeyid',
  'awsaccesskeyid',
  'googleaccessid',
  'key-pair-id',
];
/** Names that also have other meanings. They are found only directly after `?`, `&` or `&amp;`. */
const PARAMETERS: readonly string[] = [
  'signature',
  'hmac',
  'hdnts',
  '__token__',
  'policy',
  'code',
  'key',
  'auth',
  'apikey',
  'api_key',
  'sessionid',
  'session_id',
  'session',
  'sid',
  'sas',
  'subscription-key',
  'client_assertion',
  'samlresponse',
  'ticket',
];

const EVERYWHERE = new Set(SIGNATURES);
const IN_URL = new Set(PARAMETERS);
const mayEnd = compileEndings([...SIGNATURES, ...PARAMETERS]);

const MAX_NAME = 24;
/** A hexadecimal RSA signature has 512 characters; policies and assertions are longer. */
const MAX_VALUE = 4096;
const MIN_VALUE = 12;
/** Matches a parameter value: the characters of RFC 3986, except those that separate parameters. */
const VALUE = /^[0-9A-Za-z%._~+/=$!*:@-]+/;
/** Characters allowed before a name. `;` is the end of `&amp;`, which is an `&` in HTML. */
const SEPARATORS = '?&;';

/** Finds values of parameters that sign a URL or authenticate its caller: `sig=`, `X-Amz-Signature=`, `&key=`. */
export const urlParameter: Detector = {
  label: 'SECRET',
  triggers: '=',
  canFollow: (previous) => /[a-z_]/i.test(previous),
  find(text, at, from) {
    if (!mayEnd(text, at)) return undefined;
    let nameStart = at;
    while (nameStart > from && at - nameStart <= MAX_NAME && isTokenAt(text, nameStart - 1)) nameStart--;
    const name = text.slice(nameStart, at).toLowerCase();
    const isParameter = IN_URL.has(name) && SEPARATORS.includes(text.charAt(nameStart - 1) || ' ');
    if (!isParameter && !EVERYWHERE.has(name)) return undefined;
    const value = VALUE.exec(text.slice(at + 1, at + 1 + MAX_VALUE))?.[0].replace(/[.:!*]+$/, '') ?? '';
    return looksRandom(value) ? { start: at + 1, end: at + 1 + value.length } : undefined;
  },
  normalise: (value) => value,
};

/** True for 12 or more characters with letters, digits and at least seven different characters. */
function looksRandom(value: string): boolean {
  return value.length >= MIN_VALUE && /[a-z]/i.test(value) && /[0-9]/.test(value) && new Set(value).size >= 7;
}
