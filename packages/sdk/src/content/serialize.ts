import type { TextLimits } from '../core/text-limits.ts';
import { cleaned, cut, mediaNote, redactedText } from './limited-text.ts';
import { MAX_DEPTH, PlainCopy } from './plain-copy.ts';

/*
 * Converts any value to a text of bounded length, in bounded time, without throwing.
 *
 * Most content is plain JSON of a few kilobytes. It is checked in one pass without allocations and then passed to
 * JSON.stringify. All other values (class instances, cycles, binary data, huge values, and values to mask) are first
 * copied to plain JSON.
 */

/** Returns strings as they are and other values as JSON. Returns undefined for undefined, functions and symbols. */
export function toText(value: unknown, limits: TextLimits): string | undefined {
  try {
    if (typeof value === 'string')
      return cut(cleaned(redactedText(value, limits), limits), limits.maxCharacters);
    if (value === undefined || typeof value === 'function' || typeof value === 'symbol') return undefined;
    const simple = simpleJson(value, limits);
    if (simple !== undefined) return simple;
    if (limits.redact === undefined) {
      const copy = new PlainCopy(limits);
      return fit(copy.of(value, 0), limits.maxCharacters, copy.characters);
    }
    const plain = new PlainCopy({ ...limits, mask: undefined }).of(value, 0);
    const copy = new PlainCopy(limits);
    return fit(copy.of(limits.redact(plain), 0), limits.maxCharacters, copy.characters);
  } catch (error) {
    return `[unreadable: ${error instanceof Error ? error.name : 'error'}]`;
  }
}

/** Returns the JSON of a plain, small value. Undefined if the value must be copied first. */
function simpleJson(value: unknown, { mask, redact, media, maxCharacters }: TextLimits): string | undefined {
  if (mask !== undefined || redact !== undefined || media !== 'keep') return undefined;
  try {
    if (simpleSize(value, maxCharacters, 0) < 0) return undefined;
    const json = JSON.stringify(value);
    return json.length <= maxCharacters ? json : undefined;
  } catch {
    // A getter may throw.
    return undefined;
  }
}

/**
 * Subtracts the size of a value from `budget` characters. Returns a negative number if the value is too large, too
 * deep, or contains anything but plain objects, arrays and primitives.
 */
function simpleSize(value: unknown, budget: number, depth: number): number {
  switch (typeof value) {
    case 'string':
      return budget - value.length - 2;
    case 'number':
    case 'boolean':
    case 'undefined':
      return budget - 4;
    case 'object':
      break;
    default:
      return -1;
  }
  if (value === null) return budget - 4;
  if (depth > MAX_DEPTH) return -1;
  let left = budget - 2;
  if (Array.isArray(value)) {
    if (value.length > left) return -1;
    for (let i = 0; i < value.length && left >= 0; i++) left = simpleSize(value[i], left, depth + 1);
    return left;
  }
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return -1;
  const record = value as Record<string, unknown>;
  for (const key in record) {
    left = simpleSize(record[key], left - key.length - 4, depth + 1);
    if (left < 0) return -1;
  }
  return left;
}

/** Returns JSON within the limit by shortening the texts and lists inside until it fits. */
function fit(plain: unknown, maxCharacters: number, textCharacters: number): string | undefined {
  let json = textCharacters > maxCharacters ? '' : JSON.stringify(plain);
  if (json === undefined || (json !== '' && json.length <= maxCharacters)) return json;
  for (let longest = Math.floor(maxCharacters / 4); longest >= 16; longest = Math.floor(longest / 4)) {
    json = JSON.stringify(shortened(plain, longest));
    if (json.length <= maxCharacters) return json;
  }
  return JSON.stringify('[too large]');
}

function shortened(value: unknown, longest: number): unknown {
  if (typeof value === 'string')
    return value.length > longest ? (mediaNote(value) ?? cut(value, longest)) : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.slice(0, longest).map((item) => shortened(item, longest));
    if (value.length > longest) items.push(`[${value.length - longest} more]`);
    return items;
  }
  const record: Record<string, unknown> = Object.create(null);
  for (const [key, member] of Object.entries(value).slice(0, longest))
    record[cut(key, longest)] = shortened(member, longest);
  return record;
}
