/**
 * Deeper JSON stays text, because serialisers and the browser may process the value recursively. Real conversations with
 * nested tool arguments stay below 30 levels.
 */
const MAX_DEPTH = 128;

const OPENS_STRUCTURE = /^\s*[[{]/;
/** Tested against the last characters, so that texts that only start like JSON are not parsed. */
const CLOSES_STRUCTURE = /[\]}]\s*$/;
const OPENS_JSON = /^\s*[[{"\-0-9tfn]/;
/** Integers with fewer digits are exact as doubles. */
const UNSAFE_DIGITS = 16;

/**
 * Parses JSON. Returns undefined if the text is not JSON or is nested deeper than 128 levels. Never throws. Integers that
 * a double cannot represent become decimal strings, because ids in tool arguments must not change.
 */
export function parseJson(text: string): unknown {
  if (!OPENS_JSON.test(text)) return undefined;
  try {
    const value: unknown = hasManyDigits(text) ? JSON.parse(text, keepInteger) : JSON.parse(text);
    if (isDeeper(value, MAX_DEPTH)) return undefined;
    return text.includes('\\ud') || text.includes('\\uD') ? wellFormed(value) : value;
  } catch {
    return undefined;
  }
}

/**
 * Replaces lone surrogates in all texts by U+FFFD, because escapes of JSON can contain half of a surrogate pair, which UTF-8
 * cannot represent. Changes the value in place.
 */
function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) value[at] = wellFormed(value[at]);
  } else if (typeof value === 'object' && value !== null) {
    const record = value as Record<string, unknown>;
    for (const key of Object.keys(record)) {
      // An assignment would change the prototype.
      if (key === '__proto__') continue;
      record[key] = wellFormed(record[key]);
    }
  }
  return value;
}

/** Parses JSON objects and arrays. Returns undefined for anything else, because texts such as `12` or `true` are texts. */
export function parseStructure(text: string): object | undefined {
  if (!OPENS_STRUCTURE.test(text) || !CLOSES_STRUCTURE.test(text.slice(-8))) return undefined;
  const value = parseJson(text);
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** Parses JSON objects and arrays, and returns any other text unchanged. */
export function parsedOrText(text: string): unknown {
  return parseStructure(text) ?? text;
}

/**
 * Returns whether the text contains 16 consecutive digits. If they are inside a string, parsing is only slower. A run of
 * 16 characters always contains an index that is a multiple of 16, so only these positions are tested first.
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

/** Replaces unsafe integers with their source text. If the engine lacks `context.source` (ES2026), numbers stay. */
function keepInteger(this: unknown, _key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || !Number.isInteger(value) || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? source : value;
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((child) => isDeeper(child, levels - 1));
  // Results of JSON.parse have no inherited keys, so `for…in` is correct and avoids creating a list.
  for (const key in value) if (isDeeper((value as Record<string, unknown>)[key], levels - 1)) return true;
  return false;
}
