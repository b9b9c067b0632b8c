import type { TypedText } from '../model/content.ts';
import { type Attributes, type AttributeValue, DoubleValue, type RawSpan } from '../model/raw-span.ts';
import { valueToJson } from './attribute-json.ts';
import { parseJson, parseStructure } from './parse-json.ts';

/** Reads one field of a span; undefined if the attributes do not contain it, so that the next dialect is tried. */
export interface Read<T> {
  (span: RawSpan): T | undefined;
  /** If set, the reader answers only if some attribute key of the span satisfies this. */
  readonly needs?: (key: string) => boolean;
  /** Returns a faster reader for spans of one shape. Undefined if the reader finds nothing in them. */
  readonly narrow?: (shape: Shape) => Read<T> | undefined;
}

/** What spans of one instrumentation have in common. */
export interface Shape {
  readonly scope: string;
  readonly keys: ReadonlySet<string>;
}

/** Returns a reader that is as fast as possible for spans of a shape. Undefined if it finds nothing in them. */
export function narrowed<T>(read: Read<T>, shape: Shape): Read<T> | undefined {
  if (read.narrow !== undefined) return read.narrow(shape);
  if (read.needs === undefined) return read;
  for (const key of shape.keys) if (read.needs(key)) return read;
  return undefined;
}

/*
 * Functions that create the readers of a dialect. Most accept attribute keys in order of preference. A value of the wrong
 * type is skipped like a missing one.
 */

type Where = (span: RawSpan) => Attributes;

export const onSpan: Where = (span) => span.attributes;
export const onResource: Where = (span) => span.resource.attributes;

function first<T>(
  keys: readonly string[],
  convert: (value: AttributeValue) => T | undefined,
  where = onSpan,
): Read<T> {
  const read: Read<T> = (span) => {
    const attributes = where(span);
    for (const key of keys) {
      const value = attributes.get(key);
      if (value === undefined) continue;
      const converted = convert(value);
      if (converted !== undefined) return converted;
    }
    return undefined;
  };
  if (where !== onSpan) return read;
  const narrow = (shape: Shape): Read<T> | undefined => {
    const present = keys.filter((key) => shape.keys.has(key));
    if (present.length === 0) return undefined;
    return present.length === keys.length ? read : first(present, convert);
  };
  return Object.assign(needing(keys, read), { narrow });
}

/** Returns a reader that converts the result of another reader. */
export function converted<From, To>(read: Read<From>, convert: (value: From) => To | undefined): Read<To> {
  const both: Read<To> = (span) => {
    const value = read(span);
    return value === undefined ? undefined : convert(value);
  };
  const narrow = (shape: Shape): Read<To> | undefined => {
    const inner = narrowed(read, shape);
    return inner === undefined ? undefined : inner === read ? both : converted(inner, convert);
  };
  return Object.assign(both, { narrow }, read.needs && { needs: read.needs });
}

/** Declares that a reader needs at least one of these attributes. */
export function needing<T>(keys: readonly string[], read: Read<T>): Read<T> {
  return Object.assign(read, { needs: (key: string) => keys.includes(key) });
}

/** Declares that a reader needs at least one attribute whose key starts with one of these prefixes. */
export function needingPrefix<T>(prefixes: readonly string[], read: Read<T>): Read<T> {
  return Object.assign(read, {
    needs: (key: string) => prefixes.some((prefix) => key.startsWith(prefix)),
  });
}

/** Reads a non-empty text. Numbers and booleans are converted to text. */
export const text = (...keys: string[]): Read<string> => first(keys, asText);

/** Reads a non-empty text from the resource. */
export const resourceText = (...keys: string[]): Read<string> => first(keys, asText, onResource);

/** Reads a non-negative integer. Doubles are rounded, and numeric strings are parsed. */
export const count = (...keys: string[]): Read<number> => first(keys, asCount);

/** Reads a finite number. Numeric strings are parsed. */
export const number = (...keys: string[]): Read<number> => first(keys, asNumber);

/** Reads a list of texts from an array, a JSON array in a string, or a single text. */
export const texts = (...keys: string[]): Read<readonly string[]> => first(keys, asTexts);

/** Like {@link texts}, but a plain text is split at commas. */
export const tags = (...keys: string[]): Read<readonly string[]> =>
  first(keys, (value) => {
    const list = asTexts(value);
    if (list?.length !== 1 || value !== list[0]) return list;
    const parts = value.split(',').map((part) => part.trim());
    return parts.filter((part) => part !== '');
  });

/** Reads any value as plain JSON. A string that contains a JSON object or array is parsed. */
export const json = (...keys: string[]): Read<unknown> => first(keys, asJson);

/** Reads a JSON object. */
export const object = (...keys: string[]): Read<Readonly<Record<string, unknown>>> =>
  first(keys, (value) => {
    const plain = asJson(value);
    return isRecord(plain) ? plain : undefined;
  });

/** Reads a JSON array. */
export const array = (...keys: string[]): Read<readonly unknown[]> =>
  first(keys, (value) => {
    const plain = asJson(value);
    return Array.isArray(plain) ? plain : undefined;
  });

/** Reads a text and its type. Without a type attribute, the type is `application/json` if the text is JSON. */
export const typedText = (key: string, mimeTypeKey?: string): Read<TypedText> =>
  needing([key], (span) => {
    const value = span.attributes.get(key);
    if (value === undefined || value === null || value === '') return undefined;
    const mimeType = mimeTypeKey === undefined ? undefined : asText(span.attributes.get(mimeTypeKey) ?? null);
    return withMimeType(value, mimeType);
  });

/**
 * Reads all attributes whose keys start with `prefix` as plain JSON, by the rest of the key. Skips those whose rest starts
 * with `except`.
 */
export function below(prefix: string, except?: string): Read<Readonly<Record<string, unknown>>> {
  return needingPrefix([prefix], ({ attributes }) => {
    let found: Record<string, unknown> | undefined;
    for (const [key, value] of attributes) {
      if (!key.startsWith(prefix)) continue;
      if (except !== undefined && key.startsWith(except, prefix.length)) continue;
      found ??= Object.create(null) as Record<string, unknown>;
      found[key.slice(prefix.length)] = valueToJson(value);
    }
    return found;
  });
}

/** Uses a reader only for spans of an instrumentation whose scope name matches. */
export function inScope<T>(scope: RegExp, read: Read<T>): Read<T> {
  const scoped: Read<T> = (span) => (scope.test(span.scope.name) ? read(span) : undefined);
  const narrow = (shape: Shape) => (scope.test(shape.scope) ? narrowed(read, shape) : undefined);
  return Object.assign(scoped, { narrow }, read.needs && { needs: read.needs });
}

/** Uses a reader only for spans that have an attribute. */
export function having<T>(key: string, read: Read<T>): Read<T> {
  return needing([key], (span) => (span.attributes.has(key) ? read(span) : undefined));
}

/** Returns a reader that tries several readers in order. */
export function either<T>(...reads: Read<T>[]): Read<T> {
  const [only] = reads;
  if (only !== undefined && reads.length === 1) return only;
  const any: Read<T> = (span) => {
    for (const read of reads) {
      const value = read(span);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const narrow = (shape: Shape): Read<T> | undefined => {
    const kept = reads.map((read) => narrowed(read, shape)).filter((read) => read !== undefined);
    return kept.length === 0 ? undefined : either(...kept);
  };
  const needs = reads.flatMap((read) => read.needs ?? []);
  if (needs.length < reads.length) return Object.assign(any, { narrow });
  return Object.assign(any, { narrow, needs: (key: string) => needs.some((need) => need(key)) });
}

/** Maps the text of an attribute with a table. Ignores case. */
export function oneOf<T>(key: string, table: Readonly<Record<string, T>>): Read<T> {
  const byText = new Map(Object.entries(table).map(([name, value]) => [name.toLowerCase(), value]));
  return needing([key], (span) => {
    const value = span.attributes.get(key);
    return typeof value === 'string' ? (byText.get(value) ?? byText.get(value.toLowerCase())) : undefined;
  });
}

/** Returns `result` if any of the attributes is present. */
export function whenAny<T>(result: T, ...keys: string[]): Read<T> {
  return needing(keys, (span) => (keys.some((key) => span.attributes.has(key)) ? result : undefined));
}

export function withMimeType(value: AttributeValue, mimeType?: string): TypedText {
  const plain = typeof value === 'string' ? value : JSON.stringify(valueToJson(value));
  if (mimeType !== undefined) return { text: plain, mimeType };
  if (typeof value !== 'string') return { text: plain, mimeType: 'application/json' };
  return parseStructure(plain) === undefined
    ? { text: plain }
    : { text: plain, mimeType: 'application/json' };
}

export function asText(value: AttributeValue): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  return value instanceof DoubleValue ? String(value.value) : undefined;
}

export function asNumber(value: AttributeValue): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (value instanceof DoubleValue) return Number.isFinite(value.value) ? value.value : undefined;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.length > 40 || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

export function asCount(value: AttributeValue): number | undefined {
  const parsed = asNumber(value);
  if (parsed === undefined || parsed < 0) return undefined;
  const whole = Math.round(parsed);
  return Number.isSafeInteger(whole) ? whole : undefined;
}

export function asTexts(value: AttributeValue): readonly string[] | undefined {
  if (Array.isArray(value)) return nonEmpty(value.map(asText).filter((item) => item !== undefined));
  const single = asText(value);
  if (single === undefined) return undefined;
  if (!single.startsWith('[')) return [single];
  const parsed = parseJson(single);
  if (!Array.isArray(parsed)) return [single];
  return nonEmpty(parsed.filter((item) => typeof item === 'string' && item !== ''));
}

export function asJson(value: AttributeValue): unknown {
  if (typeof value === 'string') return value === '' ? undefined : (parseStructure(value) ?? value);
  return value === null ? undefined : valueToJson(value);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function nonEmpty<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
