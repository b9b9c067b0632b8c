/**
 * Reads any OTLP export request in JSON: resources, their scopes, and their records.
 * Source: opentelemetry-proto `docs/specification.md`, "JSON Protobuf Encoding".
 * Because some senders use them, this reader also accepts snake_case names, enums by name, ids in base64, and 64-bit
 * integers as JSON numbers, which are read exactly. Unknown fields are ignored.
 */
import type { RawResource, RawScope } from '@throughline/spans';
import { JsonTooLargeError, jsonWeight } from '../../memory/json-size.ts';
import { Rejection } from '../rejection.ts';
import { ValueBudget } from '../value-budget.ts';
import {
  array,
  isObject,
  type JsonObject,
  nameOf,
  objects,
  readResource,
  readScope,
  toObject,
} from './json-values.ts';

/** The text is not JSON, or not an export request. */
export class OtlpJsonError extends Error {
  override readonly name = 'OtlpJsonError';
}

/** Names of the three nested lists of a signal. */
export interface ExportNames {
  readonly resources: readonly [camel: string, snake: string];
  readonly scopes: readonly [camel: string, snake: string];
  readonly records: readonly [camel: string, snake: string];
}

export interface JsonRecordReader {
  readonly names: ExportNames;
  /** Reads one record and passes it on. If it throws a `Rejection`, `reject` is called with it. */
  record(record: JsonObject, resource: RawResource, scope: RawScope, budget: ValueBudget): void;
  /** `record` is the rejected record. `resource` is undefined if the resource is invalid as well. */
  reject(rejection: Rejection, record: unknown, resource: RawResource | undefined): void;
}

/** @throws OtlpJsonError if the whole request cannot be read */
export function readExportJson(body: Uint8Array, reader: JsonRecordReader): void {
  const request = parseJson(body);
  if (!isObject(request)) throw new OtlpJsonError(`expected a JSON object, found ${nameOf(request)}`);
  try {
    readRequest(request, reader);
  } catch (error) {
    // Outside of the records, an error concerns the whole request.
    throw error instanceof Rejection ? new OtlpJsonError(error.detail, { cause: error }) : error;
  }
}

function readRequest(request: JsonObject, reader: JsonRecordReader): void {
  const { names } = reader;
  const budget = new ValueBudget();
  for (const owner of objects(request, ...names.resources)) {
    const resource = attempt(() => {
      budget.reset();
      return readResource(owner, budget);
    });
    for (const scoped of objects(owner, ...names.scopes)) {
      const scope = attempt(() => {
        budget.reset();
        return readScope(scoped, budget);
      });
      for (const record of array(scoped, ...names.records)) {
        const problem = attempt(() => {
          if (resource instanceof Rejection) throw resource;
          if (scope instanceof Rejection) throw scope;
          budget.reset();
          reader.record(toObject(names.records[0], record), resource, scope, budget);
        });
        if (problem instanceof Rejection)
          reader.reject(problem, record, resource instanceof Rejection ? undefined : resource);
      }
    }
  }
}

/** Matches text with numbers of 16 or more digits outside of quotes, which a double may not represent exactly. */
const LONG_NUMBER = /[:[,\s]-?\d{16}/;

/** Half of a worker's memory. Ordinary bodies of 64 MiB stay below it. With a reviver, V8 needs twice the memory. */
const MAX_WEIGHT = 768 << 20;
const MAX_WEIGHT_WITH_REVIVER = MAX_WEIGHT / 2;

function parseJson(body: Uint8Array): unknown {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return {};
  // The reviver takes several times as long as parsing, so it is used only if a number needs its digits.
  const needsDigits = LONG_NUMBER.test(text);
  if (jsonWeight(bytes) > (needsDigits ? MAX_WEIGHT_WITH_REVIVER : MAX_WEIGHT))
    throw new JsonTooLargeError('the JSON has more values than a request may have; send smaller batches');
  try {
    return needsDigits ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch (error) {
    throw new OtlpJsonError(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) && source.length <= 20 ? BigInt(source) : value;
}

/** Returns a rejection instead of throwing it, so that the records after an invalid one are still read. */
function attempt<T>(read: () => T): T | Rejection {
  try {
    return read();
  } catch (error) {
    if (error instanceof Rejection) return error;
    throw error;
  }
}

/** The name of a record that cannot be read, if it has one. */
export function nameIn(record: unknown, ...names: readonly string[]): unknown {
  if (!isObject(record)) return undefined;
  return (names.length > 0 ? names : ['name']).map((name) => record[name]).find(Boolean);
}
