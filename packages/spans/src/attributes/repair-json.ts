import { parseJson } from './parse-json.ts';

/** A cut text is at most as long as the limit of an exporter. Longer texts are not worth the time. */
const MAX_LENGTH = 4 << 20;
const MAX_DEPTH = 128;

/**
 * Parses JSON that was cut at an arbitrary position, as exporters do with long attributes
 * (`OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT`). A text that was cut ends where it was cut; what is incomplete otherwise (half a
 * key or a number) is left out. Returns undefined if the text is not the start of a JSON object or array. Never throws.
 */
export function parseCutJson(text: string): object | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const closed = closeJson(text);
  const value = closed === undefined ? undefined : parseJson(closed);
  return typeof value === 'object' && value !== null ? value : undefined;
}

const SCALAR = /^(?:true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
/** Longer words are no numbers. */
const MAX_SCALAR = 400;

/** What may follow at a position: in an object a key or a value, in an array a value. */
interface Level {
  readonly close: '}' | ']';
  /** Whether the next string is a key. */
  atKey: boolean;
}

/** Returns the longest start of the text that can be completed, with all strings, arrays and objects closed. */
function closeJson(text: string): string | undefined {
  const levels: Level[] = [];
  // The text up to `end` plus the brackets of `open` is complete JSON.
  let end = 0;
  let open = '';
  const complete = (at: number) => {
    end = at;
    open = levels
      .map(({ close }) => close)
      .reverse()
      .join('');
  };
  let at = 0;
  while (at < text.length) {
    const char = text[at] as string;
    const level = levels.at(-1);
    if (char === '{' || char === '[') {
      if (levels.length >= MAX_DEPTH) return undefined;
      levels.push({ close: char === '{' ? '}' : ']', atKey: char === '{' });
      complete(++at);
    } else if (char === '}' || char === ']') {
      if (level?.close !== char) return undefined;
      levels.pop();
      complete(++at);
      // Text after the end is not a cut structure.
      if (levels.length === 0) return undefined;
    } else if (char === '"') {
      const from = at;
      at = endOfString(text, at + 1);
      const isCut = at < 0;
      if (level === undefined) return undefined;
      if (!level.atKey) {
        if (isCut)
          return `${withoutEscape(text, from)}"${levels
            .map(({ close }) => close)
            .reverse()
            .join('')}`;
        complete(at);
      }
      if (isCut) break;
    } else if (char === ',') {
      if (level?.close === '}') level.atKey = true;
      at++;
    } else if (char === ':') {
      if (level !== undefined) level.atKey = false;
      at++;
    } else if (char === ' ' || char === '\n' || char === '\r' || char === '\t') {
      at++;
    } else {
      // A number or a word is complete only if something follows.
      if (level === undefined) return undefined;
      const from = at;
      while (at < text.length && !',]} \n\r\t'.includes(text[at] as string)) at++;
      // A mark of the exporter, such as `…(truncated)`, ends the text too.
      if (!SCALAR.test(text.slice(from, Math.min(at, from + MAX_SCALAR)))) break;
      if (at < text.length) complete(at);
    }
  }
  return levels.length === 0 ? undefined : text.slice(0, end) + open;
}

/** Returns the position after the closing quote, or −1 if there is none. */
function endOfString(text: string, from: number): number {
  for (let at = from; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return -1;
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\' && quote - 1 - slashes >= from) slashes++;
    if (slashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** Removes an escape sequence at the end that was cut: `\`, `\u00`. */
function withoutEscape(text: string, from: number): string {
  const tail = Math.max(from + 1, text.length - 6);
  const found = /\\(?:u[\da-fA-F]{0,3})?$/.exec(text.slice(tail));
  if (found === null) return text;
  const at = tail + found.index;
  let slashes = 0;
  while (text[at - 1 - slashes] === '\\' && at - 1 - slashes > from) slashes++;
  return slashes % 2 === 0 ? text.slice(0, at) : text;
}
