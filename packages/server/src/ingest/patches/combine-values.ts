import type { AttributeValue } from '@throughline/spans';

type Fields = Record<string, unknown>;

/**
 * Combines two values of an attribute: lists to one sorted list without duplicates, and objects in JSON text key by key, with
 * the later value of a key. Other values are replaced by the later one.
 */
export function combineValues(earlier: AttributeValue, later: AttributeValue): AttributeValue {
  if (Array.isArray(earlier) && Array.isArray(later)) return [...new Set([...earlier, ...later])].sort();
  const first = parseFields(earlier);
  const second = parseFields(later);
  return first && second ? JSON.stringify(mergeFields(first, second)) : later;
}

function parseFields(value: AttributeValue): Fields | undefined {
  if (typeof value !== 'string' || !value.startsWith('{')) return undefined;
  try {
    return JSON.parse(value) as Fields;
  } catch {
    return undefined;
  }
}

/** Merges nested objects. Lists and scalars are replaced. */
function mergeFields(earlier: Fields, later: Fields): Fields {
  const merged = new Map(Object.entries(earlier));
  for (const [key, value] of Object.entries(later)) {
    const known = merged.get(key);
    merged.set(key, isFields(known) && isFields(value) ? mergeFields(known, value) : value);
  }
  // Also a key such as `__proto__` becomes an ordinary property.
  return Object.fromEntries(merged);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
