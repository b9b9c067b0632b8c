/** The JSON would take more memory than a request may. */
export class JsonTooLargeError extends Error {
  override readonly name = 'JsonTooLargeError';
}

/**
 * How much memory a JSON text may take as objects, in bytes, from above: `{},` takes twenty times its length.
 * JSON.parse cannot be stopped, and V8 ends the whole process (not only the worker) when a parse runs out of memory.
 */
const WEIGHTS: Readonly<Record<string, number>> = {
  '{': 64,
  '[': 64,
  // An element of an array or a property: its slot, and a number of its own.
  ',': 24,
  '"': 16,
};

const BYTE_WEIGHTS = new Uint8Array(256);
for (const [character, weight] of Object.entries(WEIGHTS)) BYTE_WEIGHTS[character.charCodeAt(0)] = weight;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The weight of a text in UTF-8. What stands in strings has none. Text that is no JSON gets some number. */
export function jsonWeight(text: Buffer): number {
  let weight = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] as number;
    weight += BYTE_WEIGHTS[byte] as number;
    if (byte !== QUOTE) continue;
    do at = text.indexOf(QUOTE, at + 1);
    while (at !== -1 && isEscaped(text, at));
    if (at === -1) break;
  }
  return weight;
}

/** An odd number of backslashes stands before. */
function isEscaped(text: Buffer, at: number): boolean {
  let start = at;
  while (text[start - 1] === BACKSLASH) start--;
  return (at - start) % 2 === 1;
}
