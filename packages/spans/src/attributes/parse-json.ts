/**
 * Deeper JSON stays text: whoever walks the value afterwards (serialisers, the browser) may do so by recursion.
 * Real conversations with nested tool arguments stay below 30.
 */
const MAX_DEPTH = 128;

const OPENS_STRUCTURE = /^\s*[[{]/;
/** Of the last characters: texts that only begin like JSON are not worth the attempt. */
const CLOSES_STRUCTURE = /[\]}]\s*$/;
const OPENS_JSON = /^\s*[[{"\-0-9tfn]/;
/** Shorter integers are exact as doubles. */
const UNSAFE_DIGITS = 16;

/**
 * The parsed value, or undefined where the text is not JSON or nested deeper than 128 levels; never throws.
 * Integers that a double cannot hold become decimal strings, for ids in tool arguments must not change.
 */
export function parseJson(text: string): unknown {
  if (!OPENS_JSON.test(text)) return undefined;
  try {
    const value: unknown = hasManyDigits(text) ? JSON.parse(text, keepInteger) : JSON.parse(text);
    return isDeeper(value, MAX_DEPTH) ? undefined : value;
  } catch {
    return undefined;
  }
}

/** Only objects and arrays; a text that happens to read `12` or `true` is a text. */
export function parseStructure(text: string): object | undefined {
  if (!OPENS_STRUCTURE.test(text) || !CLOSES_STRUCTURE.test(text.slice(-8))) return undefined;
  const value = parseJson(text);
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** The structure where the text is one, else the text. */
export function parsedOrText(text: string): unknown {
  return parseStructure(text) ?? text;
}

/**
 * Whether so many digits follow each other anywhere; in a text they do no harm but that parsing is slower.
 * Every run of n characters holds one whose index is a multiple of n, so the others are looked at only around a digit.
 */
function hasManyDigits(text: string): boolean {
  for (let at = UNSAFE_DIGITS - 1; at < text.length; at += UNSAFE_DIGITS) {
    if (!isDigit(text.charCodeAt(at))) continue;
    let from = at;
    while (isDigit(text.charCodeAt(from - 1))) from--;
    let to = at + 1;
    while (to - from < UNSAFE_DIGITS && isDigit(text.charCodeAt(to))) to++;
    if (to - from >= UNSAFE_DIGITS) return true;
  }
  return false;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

/** `context.source` is ES2026; where the engine lacks it the number stays as it was. */
function keepInteger(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? source : value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((child) => isDeeper(child, levels - 1));
  // What JSON.parse made has no inherited keys, and no list of its values needs to be made.
  for (const key in value) if (isDeeper((value as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}
