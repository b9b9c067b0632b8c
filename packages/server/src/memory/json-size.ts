/** The parsed JSON would need more memory than a request may use. */
export class JsonTooLargeError extends Error {
  override readonly name = 'JsonTooLargeError';
}

/**
 * Upper bounds in bytes for the memory of parsed JSON, by character: `{},` needs twenty times its length.
 * JSON.parse cannot be stopped, and V8 ends the whole process (not only the worker) if it runs out of memory.
 */
const WEIGHTS: Readonly<Record<string, number>> = {
  '{': 64,
  '[': 64,
  // An element of an array or a property: its slot and a number.
  ',': 24,
  '"': 16,
};

const BYTE_WEIGHTS = new Uint8Array(256);
for (const [character, weight] of Object.entries(WEIGHTS)) BYTE_WEIGHTS[character.charCodeAt(0)] = weight;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The weight of a UTF-8 text, without the content of its strings. For text that is not JSON the result is meaningless. */
export function jsonWeight(text: Buffer): number {
  let weight = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] as number;
    weight += BYTE_WEIGHTS[byte] as number;
    if (byte === QUOTE) at = endOfString(text, at);
  }
  return weight;
}

const BRACE = 0x7b;
const BRACKET = 0x5b;
/** Difference between the character codes of an opening and a closing brace or bracket. */
const CLOSES = 2;

/** The depth of nested arrays and objects. For text that is not JSON the result is meaningless. */
export function jsonDepth(text: Buffer): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] as number;
    if (byte === BRACE || byte === BRACKET) deepest = Math.max(deepest, ++depth);
    else if (byte === BRACE + CLOSES || byte === BRACKET + CLOSES) depth--;
    else if (byte === QUOTE) at = endOfString(text, at);
  }
  return deepest;
}

/** The end of the string that starts at `start`: its closing quote, or the end of the text. */
function endOfString(text: Buffer, start: number): number {
  let at = start;
  do at = text.indexOf(QUOTE, at + 1);
  while (at !== -1 && isEscaped(text, at));
  return at === -1 ? text.length : at;
}

/** True if the number of preceding backslashes is odd. */
function isEscaped(text: Buffer, at: number): boolean {
  let start = at;
  while (text[start - 1] === BACKSLASH) start--;
  return (at - start) % 2 === 1;
}
