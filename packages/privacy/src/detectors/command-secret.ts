import { isSpaceAt, isTokenAt, startsWord } from '../text/chars.ts';
import type { Detector, Match } from './detector.ts';
import { textAfter, textBefore } from './surrounding-text.ts';

/** Long options with a secret value. */
const SECRET_OPTIONS: ReadonlySet<string> = new Set([
  'password',
  'passwd',
  'pass',
  'pwd',
  'passphrase',
  'token',
  'auth-token',
  'access-token',
  'refresh-token',
  'bearer-token',
  'oauth2-bearer',
  'api-key',
  'apikey',
  'api-token',
  'access-key',
  'secret',
  'secret-key',
  'secret-access-key',
  'client-secret',
  'auth-key',
  'key-passphrase',
  'http-password',
  'ftp-password',
  'proxy-password',
  'db-password',
  'docker-password',
  'registry-password',
  'cookie',
]);
/** Long forms of `-u`. They count only after the name of an HTTP client: Docker uses them for users and groups. */
const LOGIN_OPTIONS: ReadonlySet<string> = new Set(['user', 'proxy-user']);
const HTTP_CLIENT = /\b(?:curl|wget|https?|httpie|xh|curlie|lynx)\b/i;
/** Matches `user:password`, but not numeric ids (`1000:1000`), paths or URLs. */
const LOGIN = /^(?!\d{1,10}:\d{1,10}$)[^\s:/[]{0,128}:(?!\/)\S{1,256}$/;

/** Matches the separator between an option and its value. In a JSON list it is `", "`. */
const GAP = /^(?:\\?["'`]\s{0,4},\s{0,4}\\?["'`]|\s{1,4}(?:\\?["'`])?|=\\?["'`]?)/;
const MAX_OPTION = 24;
const MAX_VALUE = 512;
/** Number of characters before an option that are searched for a command. */
const REACH = 200;
const DASH = 0x2d;
const LETTER_U = 0x75;

/** Finds the value in `--password x`, `--token 'x'` and `curl -u user:password`. The option is kept. */
export const commandSecret: Detector = {
  label: 'SECRET',
  triggers: '-',
  // An option begins at the start of the text or after white space, a quote, a bracket or an escape such as `\n`.
  canFollow: (previous) => /[\s\0"'`[(,nrt]/.test(previous),
  find(text, at, from) {
    const second = text.charCodeAt(at + 1);
    if (second !== DASH && (second | 0x20) !== LETTER_U) return undefined;
    if (!startsWord(text, at)) return undefined;
    return second === DASH ? findLong(text, at, from) : findLogin(text, at, from, at + 2);
  },
  normalise: (value) => value,
};

function findLong(text: string, at: number, from: number): Match | undefined {
  let end = at + 2;
  while (end - at < MAX_OPTION && isTokenAt(text, end)) end++;
  const option = text.slice(at + 2, end).toLowerCase();
  if (LOGIN_OPTIONS.has(option)) return findLogin(text, at, from, end);
  if (!SECRET_OPTIONS.has(option)) return undefined;
  const value = readValue(text, end);
  return value !== undefined && isSecret(text, value, textBefore(text, at, from, REACH)) ? value : undefined;
}

/** Finds the value of `-u name:password` or `-uname:password`. */
function findLogin(text: string, at: number, from: number, optionEnd: number): Match | undefined {
  if (!HTTP_CLIENT.test(textBefore(text, at, from, REACH))) return undefined;
  const value = isTokenAt(text, optionEnd) ? wordAt(text, optionEnd, undefined) : readValue(text, optionEnd);
  if (value === undefined) return undefined;
  return LOGIN.test(text.slice(value.start, value.end)) ? value : undefined;
}

/** Returns the word after an option. It ends at its closing quote or, if unquoted, at white space. */
function readValue(text: string, optionEnd: number): Match | undefined {
  const gap = GAP.exec(textAfter(text, optionEnd, 16))?.[0];
  if (gap === undefined) return undefined;
  return wordAt(text, optionEnd + gap.length, /["'`]$/.exec(gap)?.[0]);
}

function wordAt(text: string, start: number, quote: string | undefined): Match | undefined {
  const limit = Math.min(text.length, start + MAX_VALUE);
  let end = start;
  while (end < limit && !endsWord(text, end, quote)) end++;
  // If punctuation follows the quote, or no other quote closes it, it is the end of a JSON string.
  if (quote !== undefined && (',:}]'.includes(text.charAt(start)) || !isClosed(text, end, quote)))
    return undefined;
  return end > start && end < start + MAX_VALUE ? { start, end } : undefined;
}

function isClosed(text: string, end: number, quote: string): boolean {
  return text.charAt(end) === quote || (text.charAt(end) === '\\' && text.charAt(end + 1) === quote);
}

function endsWord(text: string, index: number, quote: string | undefined): boolean {
  const char = text.charAt(index);
  if (quote !== undefined) return char === quote || char === '\\' || char === '\n' || char === '\r';
  return isSpaceAt(text, index) || '"\'`\\;|&<>)]}'.includes(char);
}

/** Words that follow an option in prose: "use --password to …". */
const PROSE =
  /^(?:and|are|argument|as|at|before|by|can|cannot|file|flag|flags|for|from|has|have|if|in|instead|is|may|must|not|on|option|options|or|parameter|should|so|string|than|that|the|then|this|to|value|via|was|when|which|will|with|without)[.,:;!?]?$/i;
/** Matches a variable, a placeholder, another option or a dummy value such as `your-token`. */
const VARIABLE_OR_DUMMY =
  /^(?:[-$<{[%*]|\.{3}|…|(?:your|my|example|placeholder|redacted|changeme)[-_ ]|[A-Z][A-Z_]*$|stdin$|x{3,}$)/;
/**
 * Matches a command line: a prompt, another option or the name of a command (`$ login`, `mysql -h db`, `docker login`).
 */
const COMMAND =
  /(?:^|\s)--?[a-z]|^\s{0,8}[$#>]\s|^\s{0,8}(?:[\w.-]{1,64}: )?\s{0,8}(?:sudo\s)?(?:[a-z][\w.-]{0,24}\s{1,4}){0,2}["'`]?$/i;
const NEXT_OPTION = /^\\?["'`]?\s{1,4}--?[a-z]/;

/**
 * True if the value of an option is a secret and not a word of a sentence. Values with a digit or symbol are secrets.
 * Plain words are secrets only on a command line.
 */
function isSecret(text: string, { start, end }: Match, lead: string): boolean {
  const word = text.slice(start, end);
  if (PROSE.test(word) || VARIABLE_OR_DUMMY.test(word)) return false;
  if (word.length >= 4 && /[0-9!@#$%^&*?+=/]/.test(word)) return true;
  const line = lead.split(/\n|\\n/).at(-1) ?? '';
  return COMMAND.test(line) || NEXT_OPTION.test(textAfter(text, end, 12));
}
