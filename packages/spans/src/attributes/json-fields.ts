import type { Attributes } from '../model/raw-span.ts';
import { asJson, isRecord, needing, type Read } from './attribute-readers.ts';

/** Longer texts are content, not counts. They are not parsed for facts. */
const MAX_LENGTH = 1 << 16;

/** Reads fields of a JSON object in an attribute. The object is parsed once for all fields of a span. */
export interface JsonFields {
  /** Reads a non-negative integer. Takes paths in order of preference, such as `input_token_details.cache_read`. */
  count(...paths: string[]): Read<number>;
  /** Reads a finite number. */
  number(...paths: string[]): Read<number>;
  /** Reads a text that is not empty. */
  text(...paths: string[]): Read<string>;
  /** Reads the whole object, or converts it. */
  object<T>(convert: (object: JsonRecord) => T | undefined): Read<T>;
}

export type JsonRecord = Readonly<Record<string, unknown>>;

/** @param keys attributes in order of preference; the first that is an object is used */
export function jsonFields(...keys: string[]): JsonFields {
  const find = once((attributes) => {
    for (const key of keys) {
      const value = attributes.get(key);
      if (value === undefined || (typeof value === 'string' && value.length > MAX_LENGTH)) continue;
      const object = asJson(value);
      if (isRecord(object)) return object;
    }
    return undefined;
  });
  return fieldsOf(keys, find);
}

/**
 * Reads the fields of an object inside of a longer JSON text, such as `"usage":{…}` at the end of a response. The text
 * around it is not parsed.
 */
export function jsonFieldsWithin(key: string, ...names: string[]): JsonFields {
  const find = once((attributes) => {
    const text = attributes.get(key);
    if (typeof text !== 'string') return undefined;
    for (const name of names) {
      const object = objectNamed(text, name);
      if (object !== undefined) return object;
    }
    return undefined;
  });
  return fieldsOf([key], find);
}

function fieldsOf(
  keys: readonly string[],
  find: (attributes: Attributes) => JsonRecord | undefined,
): JsonFields {
  const field = <T>(paths: readonly string[], convert: (value: unknown) => T | undefined): Read<T> =>
    needing(keys, ({ attributes }) => {
      const object = find(attributes);
      if (object === undefined) return undefined;
      for (const path of paths) {
        const value = convert(valueAt(object, path));
        if (value !== undefined) return value;
      }
      return undefined;
    });
  return {
    count: (...paths) => field(paths, countOf),
    number: (...paths) => field(paths, numberOf),
    text: (...paths) => field(paths, textOf),
    object: (convert) =>
      needing(keys, ({ attributes }) => {
        const object = find(attributes);
        return object === undefined ? undefined : convert(object);
      }),
  };
}

/** Remembers the result for the attributes of the last span, because several readers look at the same object. */
function once(
  find: (attributes: Attributes) => JsonRecord | undefined,
): (attributes: Attributes) => JsonRecord | undefined {
  let last: Attributes | undefined;
  let found: JsonRecord | undefined;
  return (attributes) => {
    if (last !== attributes) {
      found = find(attributes);
      last = attributes;
    }
    return found;
  };
}

/** Reads `a.b` as a key of its own, or as `b` in the object `a`. */
export function valueAt(object: JsonRecord, path: string): unknown {
  if (Object.hasOwn(object, path)) return object[path];
  const dot = path.indexOf('.');
  if (dot < 0) return undefined;
  const head = path.slice(0, dot);
  const inner = Object.hasOwn(object, head) ? object[head] : undefined;
  return isRecord(inner) ? valueAt(inner, path.slice(dot + 1)) : undefined;
}

export function numberOf(value: unknown): number | undefined {
  const parsed =
    typeof value === 'string' && value.length <= 40 && value.trim() !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}

export function countOf(value: unknown): number | undefined {
  const parsed = numberOf(value);
  if (parsed === undefined || parsed < 0) return undefined;
  const whole = Math.round(parsed);
  return Number.isSafeInteger(whole) ? whole : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Objects of usage are much shorter. */
const MAX_OBJECT = 8192;

/** Returns the last object with this name in a JSON text. Bounded: at most 8 KB are looked at. */
export function objectNamed(text: string, name: string): JsonRecord | undefined {
  const at = text.lastIndexOf(`"${name}"`);
  if (at < 0) return undefined;
  const from = text.indexOf('{', at + name.length + 2);
  if (from < 0 || !/^\s*:\s*$/.test(text.slice(at + name.length + 2, from))) return undefined;
  let depth = 0;
  const end = Math.min(text.length, from + MAX_OBJECT);
  for (let to = from; to < end; to++) {
    const char = text[to];
    if (char === '{') depth++;
    else if (char === '}' && --depth === 0) {
      const object = asJson(text.slice(from, to + 1));
      return isRecord(object) ? object : undefined;
    }
  }
  return undefined;
}
