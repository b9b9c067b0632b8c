import { RequestError } from './request-error.ts';

/** Functions that read the untyped JSON of a request. They throw status 400 with the name of the field. */

export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function readRecord(value: unknown, param: string): JsonRecord {
  if (isRecord(value)) return value;
  throw new RequestError(400, `Invalid type for '${param}': expected an object.`, {
    param,
    code: 'invalid_type',
  });
}

export function readString(value: unknown, param: string): string {
  if (typeof value === 'string') return value;
  if (value === undefined) {
    throw new RequestError(400, `Missing required parameter: '${param}'.`, {
      param,
      code: 'missing_required_parameter',
    });
  }
  throw new RequestError(400, `Invalid type for '${param}': expected a string.`, {
    param,
    code: 'invalid_type',
  });
}

export function readArray(value: unknown, param: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value === undefined) {
    throw new RequestError(400, `Missing required parameter: '${param}'.`, {
      param,
      code: 'missing_required_parameter',
    });
  }
  throw new RequestError(400, `Invalid type for '${param}': expected an array.`, {
    param,
    code: 'invalid_type',
  });
}

/** Returns undefined if the value is absent. Throws unless it is an integer of at least `minimum`. */
export function readCount(value: unknown, param: string, minimum = 1): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= minimum) return value;
  throw new RequestError(400, `Invalid value for '${param}': expected an integer of at least ${minimum}.`, {
    param,
    code: 'invalid_value',
  });
}

/** Parses a JSON text to a record. Returns `{}` if that fails, because models may generate invalid JSON. */
export function parseArguments(text: unknown): JsonRecord {
  if (typeof text !== 'string') return isRecord(text) ? text : {};
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
