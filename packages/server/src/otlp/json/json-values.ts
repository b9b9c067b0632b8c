/**
 * Readers that all signals of OTLP in JSON share: fields by either name, ids, times, attributes, resource and scope.
 * They read own properties only and check the type of every value.
 *
 * @throws Rejection if a value does not have the type of the protocol
 */
import {
  type Attributes,
  type AttributeValue,
  DoubleValue,
  type RawResource,
  type RawScope,
} from '@throughline/spans';
import { Rejection } from '../rejection.ts';
import type { ValueBudget } from '../value-budget.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export function readResource(owner: JsonObject, budget: ValueBudget): RawResource {
  const resource = object(owner, 'resource', 'resource');
  return {
    attributes: readAttributes(resource, budget, 0),
    droppedAttributesCount: count(resource, 'droppedAttributesCount', 'dropped_attributes_count'),
    schemaUrl: text(owner, 'schemaUrl', 'schema_url'),
  };
}

export function readScope(owner: JsonObject, budget: ValueBudget): RawScope {
  const scope = object(owner, 'scope', 'scope');
  return {
    name: text(scope, 'name', 'name'),
    version: text(scope, 'version', 'version'),
    attributes: readAttributes(scope, budget, 0),
    droppedAttributesCount: count(scope, 'droppedAttributesCount', 'dropped_attributes_count'),
    schemaUrl: text(owner, 'schemaUrl', 'schema_url'),
  };
}

export function readAttributes(owner: JsonObject, budget: ValueBudget, depth: number): Attributes {
  return readKeyValues(objects(owner, 'attributes', 'attributes'), budget, depth);
}

export function readKeyValues(
  entries: readonly JsonObject[],
  budget: ValueBudget,
  depth: number,
): Attributes {
  const attributes = new Map<string, AttributeValue>();
  for (const entry of entries) {
    budget.take();
    attributes.set(text(entry, 'key', 'key'), readAnyValue(object(entry, 'value', 'value'), budget, depth));
  }
  return attributes;
}

export function readAnyValue(value: JsonObject, budget: ValueBudget, depth: number): AttributeValue {
  const string = field(value, 'stringValue', 'string_value');
  if (string !== undefined) {
    if (typeof string !== 'string') throw unexpected('stringValue', 'a string', string);
    return string.toWellFormed();
  }
  const bool = field(value, 'boolValue', 'bool_value');
  if (bool !== undefined) {
    if (typeof bool !== 'boolean') throw unexpected('boolValue', 'true or false', bool);
    return bool;
  }
  const int = field(value, 'intValue', 'int_value');
  if (int !== undefined) return int64(int);
  const double = field(value, 'doubleValue', 'double_value');
  if (double !== undefined) return readDouble(double);
  const array = field(value, 'arrayValue', 'array_value');
  if (array !== undefined) {
    budget.checkDepth(depth + 1);
    return objects(toObject('arrayValue', array), 'values', 'values').map((item) => {
      budget.take();
      return readAnyValue(item, budget, depth + 1);
    });
  }
  const list = field(value, 'kvlistValue', 'kvlist_value');
  if (list !== undefined) {
    budget.checkDepth(depth + 1);
    return readKeyValues(objects(toObject('kvlistValue', list), 'values', 'values'), budget, depth + 1);
  }
  const bytes = field(value, 'bytesValue', 'bytes_value');
  if (bytes !== undefined) {
    if (typeof bytes !== 'string') throw unexpected('bytesValue', 'a base64 string', bytes);
    return new Uint8Array(Buffer.from(bytes, 'base64'));
  }
  return null;
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

/** An integer given as a number, digits or bigint; otherwise undefined. */
export function integer(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function int64(value: unknown): number | bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  const exact = integer(value);
  if (exact === undefined || exact < INT64_MIN || exact > INT64_MAX)
    throw unexpected('intValue', 'an integer of 64 bits', value);
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}

/** A double. In the JSON encoding of protobuf, `NaN`, `Infinity` and `-Infinity` are strings. */
export function readDouble(value: unknown): number | DoubleValue {
  const double = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  const number = typeof double === 'bigint' ? Number(double) : double;
  if (typeof number !== 'number' || (Number.isNaN(number) && value !== 'NaN'))
    throw unexpected('doubleValue', 'a number', value);
  return Number.isInteger(number) ? new DoubleValue(number) : number;
}

export function nanoseconds(owner: JsonObject, camel: string, snake: string): bigint {
  const value = field(owner, camel, snake);
  if (value === undefined || value === '') return 0n;
  const exact = integer(value);
  if (exact === undefined || exact < 0n || exact > UINT64_MAX)
    throw unexpected(camel, 'nanoseconds since 1970 as digits', value);
  return exact;
}

export function count(owner: JsonObject, camel: string, snake: string): number {
  const value = field(owner, camel, snake);
  if (value === undefined) return 0;
  const exact = integer(value);
  if (exact === undefined || exact < 0n || exact > 0xffff_ffffn)
    throw unexpected(camel, 'an unsigned integer of 32 bits', value);
  return Number(exact);
}

/** An id in lower-case hex. Accepts hex in either case and, recognised by its length, base64. */
export function id(owner: JsonObject, camel: string, snake: string, bytes: 8 | 16): string {
  const value = text(owner, camel, snake);
  if (value.length === bytes * 2) return value.toLowerCase();
  const unpadded = value.replace(/=+$/, '');
  if (unpadded.length === Math.ceil((bytes * 4) / 3) && /^[\w+/-]+$/.test(unpadded))
    return Buffer.from(unpadded, 'base64').toString('hex');
  return value.toLowerCase();
}

/** An enum given as a number or a name, with or without prefix. Unknown values become the first value of the list. */
export function choice<T extends string>(
  owner: JsonObject,
  name: string,
  prefix: string,
  values: readonly T[],
  unknown: T,
): T {
  const value = field(owner, name, name);
  if (typeof value === 'string' && !/^\d+$/.test(value)) {
    const plain = value.toUpperCase().replace(prefix, '').toLowerCase();
    return values.find((known) => known === plain) ?? unknown;
  }
  return values[Number(value)] ?? unknown;
}

/** An enum as its number in the protocol. `named` returns the number of a name. */
export function enumNumber(
  owner: JsonObject,
  camel: string,
  snake: string,
  named: (name: string) => number,
): number {
  const value = field(owner, camel, snake);
  if (typeof value === 'string' && !/^\d+$/.test(value)) return named(value.toUpperCase());
  return count(owner, camel, snake);
}

/**
 * Reads a text. Escapes of JSON can contain half of a surrogate pair, which becomes U+FFFD here and in values, because UTF-8
 * cannot represent it.
 */
export function text(owner: JsonObject, camel: string, snake: string): string {
  const value = field(owner, camel, snake);
  if (value === undefined) return '';
  if (typeof value !== 'string') throw unexpected(camel, 'a string', value);
  return value.toWellFormed();
}

export function object(owner: JsonObject, camel: string, snake: string): JsonObject {
  const value = field(owner, camel, snake);
  return value === undefined ? {} : toObject(camel, value);
}

export function array(owner: JsonObject, camel: string, snake: string): readonly unknown[] {
  const value = field(owner, camel, snake);
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw unexpected(camel, 'an array', value);
  return value;
}

/** A list of messages. A null is a message without fields. */
export function objects(owner: JsonObject, camel: string, snake: string): readonly JsonObject[] {
  return array(owner, camel, snake).map((item) => toObject(camel, item ?? {}));
}

export function toObject(name: string, value: unknown): JsonObject {
  if (!isObject(value)) throw unexpected(name, 'an object', value);
  return value;
}

/** A field by either name. Null means absent, as in the JSON encoding of protobuf. Reads own properties only. */
export function field(owner: JsonObject, camel: string, snake: string): unknown {
  if (Object.hasOwn(owner, camel)) return owner[camel] ?? undefined;
  return camel !== snake && Object.hasOwn(owner, snake) ? (owner[snake] ?? undefined) : undefined;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function unexpected(name: string, expected: string, found: unknown): Rejection {
  return new Rejection('malformed', `${name} is ${nameOf(found)}, expected ${expected}`);
}

export function nameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} ${JSON.stringify(String(value).slice(0, 40))}`;
}
