import { type Attributes, type AttributeValue, DoubleValue } from '../model/raw-span.ts';
import { encodeBase64 } from './base64.ts';

const MAX_DEPTH = 100;

/**
 * Converts attributes to plain JSON, for uses that need no OTLP types. int64 values outside ±(2^53−1) become decimal
 * strings, bytes become base64, non-finite numbers become "NaN", "Infinity" and "-Infinity", and values nested deeper than
 * 100 levels become null. Objects have no prototype, so that `__proto__` is an ordinary key.
 */
export function attributesToJson(attributes: Attributes): Record<string, unknown> {
  return mapToJson(attributes, 0);
}

/** Converts one value like {@link attributesToJson}. */
export function valueToJson(value: AttributeValue, depth = 0): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return String(value);
  }
  if (value === null || depth >= MAX_DEPTH) return null;
  if (value instanceof Map) return mapToJson(value, depth);
  if (value instanceof DoubleValue) return valueToJson(value.value);
  if (value instanceof Uint8Array) return encodeBase64(value);
  return (value as readonly AttributeValue[]).map((item) => valueToJson(item, depth + 1));
}

function mapToJson(attributes: Attributes, depth: number): Record<string, unknown> {
  const json: Record<string, unknown> = Object.create(null);
  for (const [key, value] of attributes) json[key] = valueToJson(value, depth + 1);
  return json;
}
