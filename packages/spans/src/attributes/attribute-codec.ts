import { type Attributes, type AttributeValue, DoubleValue } from '../model/raw-span.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

/*
 * Encodes attributes as lossless JSON that people and SQL can read: `{"llm.model_name":"gpt-4o","n":3}`.
 *
 *   string, boolean, null, int, fractional double   plain JSON
 *   whole double, -0, NaN, ±Infinity                 {"$d":1} {"$d":"-0"} {"$d":"NaN"} {"$d":"-Infinity"}
 *   int64 outside ±(2^53−1)                          {"$i":"9223372036854775807"}
 *   bytes                                            {"$b":"AAEC"}
 *   array, kvlist                                    array, object
 *
 * A key gets the prefix `$` if it starts with `$`, so that no key looks like a tag, or with a digit, because JSON.parse
 * would move a key such as `"7"` before all others.
 */

/** Deeper values are written as null. The limits of the decoders are much lower. */
const MAX_DEPTH = 500;

export function encodeAttributes(attributes: Attributes): string {
  return encodeMap(attributes, 0);
}

/** The inverse of {@link encodeAttributes}. Throws SyntaxError for text that is not JSON. */
export function decodeAttributes(text: string): Attributes {
  const parsed: unknown = JSON.parse(text);
  return isObject(parsed) ? decodeMap(parsed) : new Map();
}

/** Encodes a single value, e.g. for events and links. */
export function encodeValue(value: AttributeValue, depth = 0): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return Number.isFinite(value) ? `${value}` : `{"$d":"${value}"}`;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return `{"$i":"${value}"}`;
  }
  if (value === null || depth >= MAX_DEPTH) return 'null';
  if (value instanceof Map) return encodeMap(value, depth);
  if (value instanceof DoubleValue) return encodeDouble(value.value);
  if (value instanceof Uint8Array) return `{"$b":"${encodeBase64(value)}"}`;
  return encodeArray(value as readonly AttributeValue[], depth);
}

/** Longer texts are quoted with JSON.stringify, which is faster for them in spite of the cost of the call. */
const SHORT = 40;

/** Returns the same as JSON.stringify. */
function quoted(text: string): string {
  if (text.length > SHORT) return JSON.stringify(text);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // Control characters, quotes, backslashes, and everything outside of ASCII, including surrogates.
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return JSON.stringify(text);
  }
  return `"${text}"`;
}

function encodeDouble(value: number): string {
  if (Object.is(value, -0)) return '{"$d":"-0"}';
  return Number.isFinite(value) ? `{"$d":${value}}` : `{"$d":"${value}"}`;
}

function encodeArray(values: readonly AttributeValue[], depth: number): string {
  let text = '[';
  for (let at = 0; at < values.length; at++) {
    if (at > 0) text += ',';
    text += encodeValue(values[at] ?? null, depth + 1);
  }
  return `${text}]`;
}

function encodeMap(attributes: Attributes, depth: number): string {
  let text = '{';
  for (const [key, value] of attributes) {
    if (text.length > 1) text += ',';
    text += quoted(needsEscape(key) ? `$${key}` : key);
    text += ':';
    text += encodeValue(value, depth + 1);
  }
  return `${text}}`;
}

function needsEscape(key: string): boolean {
  const first = key.charCodeAt(0);
  return first === 0x24 || (first >= 0x30 && first <= 0x39);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function decodeMap(object: Record<string, unknown>): Attributes {
  const attributes = new Map<string, AttributeValue>();
  for (const key of Object.keys(object)) {
    attributes.set(key.startsWith('$') ? key.slice(1) : key, decodeValue(object[key]));
  }
  return attributes;
}

/** Decodes the result of JSON.parse. The inverse of {@link encodeValue}. */
export function decodeValue(value: unknown): AttributeValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map(decodeValue);
  if (!isObject(value)) return null;
  if (Object.hasOwn(value, '$d')) return decodeDouble(value.$d);
  if (Object.hasOwn(value, '$i')) return BigInt(String(value.$i));
  if (Object.hasOwn(value, '$b')) return decodeBase64(String(value.$b));
  return decodeMap(value);
}

function decodeDouble(value: unknown): AttributeValue {
  const double = Number(value);
  return Number.isInteger(double) ? new DoubleValue(double) : double;
}
