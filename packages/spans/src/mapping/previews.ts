import type { SpanContent } from '../model/content.ts';
import { inputText, outputText } from './content-texts.ts';

/** Maximum length of a preview, in UTF-16 code units. Surrogate pairs are never split. */
const MAX_LENGTH = 200;

/** Returns the first 200 characters of input and output, each on one line. Undefined if there is no text. */
export function previews(content: SpanContent): { input?: string; output?: string } {
  const input = shorten(inputText(content));
  const output = shorten(outputText(content));
  return { ...(input === undefined ? {} : { input }), ...(output === undefined ? {} : { output }) };
}

const SPACE = /\s/;
/** Reused for every text. */
const units = new Uint16Array(MAX_LENGTH + 1);

/** Shortens a text to one line. White space becomes single spaces. */
function shorten(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  let short = isNormalised(text) ? text.slice(0, MAX_LENGTH + 1) : normalised(text);
  if (short.length > MAX_LENGTH) {
    const splits = (short.charCodeAt(MAX_LENGTH - 1) & 0xfc00) === 0xd800;
    short = short.slice(0, splits ? MAX_LENGTH - 1 : MAX_LENGTH);
  }
  short = short.trimEnd();
  return short === '' ? undefined : short;
}

/** Whether the start of a text is printable ASCII with single spaces, which is the usual case and needs no change. */
function isNormalised(text: string): boolean {
  let afterSpace = true;
  for (let at = 0; at < text.length && at <= MAX_LENGTH; at++) {
    const code = text.charCodeAt(at);
    const isSpace = code === 0x20;
    if (isSpace ? afterSpace : code < 0x20 || code > 0x7e) return false;
    afterSpace = isSpace;
  }
  return true;
}

/** The start of a text with single spaces, at most one character longer than a preview. */
function normalised(text: string): string {
  let length = 0;
  let afterSpace = true;
  for (let at = 0; at < text.length && length <= MAX_LENGTH; at++) {
    const code = text.charCodeAt(at);
    const isSpace = code <= 0x7f ? code === 0x20 || (code >= 0x09 && code <= 0x0d) : isUnicodeSpace(code);
    if (!isSpace) units[length++] = code;
    else if (!afterSpace) units[length++] = 0x20;
    afterSpace = isSpace;
  }
  return String.fromCharCode.apply(null, units.subarray(0, length) as unknown as number[]);
}

/** Whether a character outside of ASCII is white space of JavaScript. */
function isUnicodeSpace(code: number): boolean {
  return code === 0xa0 || code === 0xfeff || (code >= 0x1680 && SPACE.test(String.fromCharCode(code)));
}
