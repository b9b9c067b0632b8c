import type { AttributeValue } from '@throughline/spans';
import { MAX_TIME } from '../../otlp/traces/check-span.ts';

/** Fields of a JSON object that was sent by a client. */
export type Fields = Readonly<Record<string, unknown>>;

/** Ids of other SDKs can have any form. */
const MAX_ID_LENGTH = 800;

/** One item of a request is invalid. The message states what was found and what was expected. */
export class InvalidItem extends Error {
  override readonly name = 'InvalidItem';
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own property `key`. Undefined for null, which many clients write for absent values. */
export function field(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? (fields[key] ?? undefined) : undefined;
}

/** An object in a field. Empty if there is none. */
export function fieldsIn(fields: Fields, key: string): Fields {
  const value = field(fields, key);
  return isFields(value) ? value : {};
}

/** A list of texts without empty ones. Undefined if there are none. */
export function tagsOf(value: unknown): readonly string[] | undefined {
  const tags = Array.isArray(value) ? value.filter((tag) => typeof tag === 'string' && tag !== '') : [];
  return tags.length === 0 ? undefined : tags;
}

/** Numbers and booleans as they are, and everything else as text. @throws InvalidItem */
export function scalarOrText(value: unknown): AttributeValue | undefined {
  return typeof value === 'number' || typeof value === 'boolean' ? value : contentOf(value);
}

/** A text that is not empty. */
export function textField(fields: Fields, key: string): string | undefined {
  const value = field(fields, key);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** @throws InvalidItem */
export function idField(fields: Fields, key: string): string | undefined {
  const value = field(fields, key);
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new InvalidItem(`${key} is ${describe(value)}, expected a text`);
  if (value.length > MAX_ID_LENGTH)
    throw new InvalidItem(`${key} has ${value.length} characters, expected at most ${MAX_ID_LENGTH}`);
  return value;
}

/** @throws InvalidItem */
export function requiredId(fields: Fields, key: string): string {
  const id = idField(fields, key);
  if (id === undefined) throw new InvalidItem(`${key} is missing`);
  return id;
}

/**
 * A time as ISO 8601 text, or in milliseconds since 1970, in nanoseconds since 1970.
 *
 * @throws InvalidItem
 */
export function timeField(fields: Fields, key: string): bigint | undefined {
  const value = field(fields, key);
  if (value === undefined || value === '') return undefined;
  const time =
    typeof value === 'string' ? parseIsoTime(value) : typeof value === 'number' ? millis(value) : undefined;
  if (time === undefined)
    throw new InvalidItem(`${key} is ${describe(value)}, expected a time such as 2026-01-31T12:00:00.000Z`);
  return time;
}

const ISO_TIME = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9})\d*)?(Z|[+-]\d\d:?\d\d)?$/i;

/** Parses a time with up to nine decimals. Without a time zone it is in UTC. Undefined if it is not valid. */
export function parseIsoTime(text: string): bigint | undefined {
  const [, seconds = '', decimals = '', zone = 'Z'] = ISO_TIME.exec(text) ?? [];
  const wholeMs = Date.parse(seconds.replace(' ', 'T') + zone.toUpperCase());
  if (Number.isNaN(wholeMs)) return undefined;
  return inRange(BigInt(wholeMs) * 1_000_000n + BigInt(decimals.padEnd(9, '0')));
}

function millis(value: number): bigint | undefined {
  return Number.isFinite(value) && Math.abs(value) < 1e15
    ? inRange(BigInt(Math.round(value * 1000)) * 1000n)
    : undefined;
}

/** The store supports times from 1970 to 2262. */
export function inRange(timeUnixNano: bigint): bigint | undefined {
  return timeUnixNano > 0n && timeUnixNano <= MAX_TIME ? timeUnixNano : undefined;
}

/** A text as it is, and everything else as JSON text. Undefined for absent values. @throws InvalidItem */
export function contentOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : toJson(value);
}

/** @throws InvalidItem */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    if (error instanceof RangeError) throw new InvalidItem('a value is nested too deep');
    throw error;
  }
}

/** Attributes without those that are absent. */
export function attributesOf(
  entries: Iterable<readonly [key: string, value: AttributeValue | undefined]>,
): Map<string, AttributeValue> {
  const attributes = new Map<string, AttributeValue>();
  for (const [key, value] of entries) if (value !== undefined) attributes.set(key, value);
  return attributes;
}

const MAX_QUOTE = 60;

/** A value for an error message: texts and numbers as they are, and the type of everything else. */
export function describe(value: unknown): string {
  const text =
    typeof value === 'object' && value !== null ? typeNameOf(value) : (JSON.stringify(value) ?? 'undefined');
  return text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text;
}

function typeNameOf(value: object): string {
  return Array.isArray(value) ? 'a list' : 'an object';
}
