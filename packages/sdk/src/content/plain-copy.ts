import type { TextLimits } from '../core/text-limits.ts';
import { cleaned } from './limited-text.ts';

/** Objects nested deeper than this are replaced by a note. */
export const MAX_DEPTH = 32;
const MAX_NODES = 20_000;
/** Integers from this size on are masked, because card and phone numbers are sometimes sent as numbers. */
const SMALLEST_MASKED_INTEGER = 1_000_000;
/** Total length of processed texts, as a multiple of the limit. Further texts are left out without being processed. */
const MAX_EXCESS = 8;

/** Copies values to plain JSON with a limit on nodes and text. Cycles and binary data are replaced by notes. */
export class PlainCopy {
  readonly #limits: TextLimits;
  #nodes = MAX_NODES;
  /** Total length of all texts so far. */
  characters = 0;
  readonly #ancestors = new Set<object>();

  constructor(limits: TextLimits) {
    this.#limits = limits;
  }

  of(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return this.#number(value);
      case 'bigint':
        return this.#text(String(value));
      case 'boolean':
        return value;
      case 'object':
        return value === null ? null : this.#object(value, depth);
      case 'function':
        return `[function ${value.name}]`;
      case 'symbol':
        return String(value);
      default:
        return undefined;
    }
  }

  #text(text: string): string {
    if (this.characters > MAX_EXCESS * this.#limits.maxCharacters) return '[left out]';
    const result = cleaned(text, this.#limits);
    this.characters += Math.min(result.length, this.#limits.maxCharacters);
    return result;
  }

  #number(value: number): unknown {
    if (!Number.isFinite(value)) return String(value);
    const { mask } = this.#limits;
    if (mask === undefined || !Number.isInteger(value) || Math.abs(value) < SMALLEST_MASKED_INTEGER)
      return value;
    const text = String(value);
    const masked = mask(text);
    return masked === text ? value : masked;
  }

  #object(value: object, depth: number): unknown {
    if (this.#nodes-- <= 0) return '[left out]';
    if (depth > MAX_DEPTH) return '[too deep]';
    if (this.#ancestors.has(value)) return '[circular]';
    const special = describeSpecial(value);
    if (special !== undefined) return special;
    this.#ancestors.add(value);
    try {
      return this.#members(value, depth);
    } finally {
      this.#ancestors.delete(value);
    }
  }

  #members(value: object, depth: number): unknown {
    if (Array.isArray(value)) return this.#list(value, value.length, depth);
    if (value instanceof Set) return this.#list(value, value.size, depth);
    if (value instanceof Error)
      return {
        name: value.name,
        message: this.#text(value.message),
        ...this.#entries(Object.entries(value), depth),
      };
    if (value instanceof Map) return this.#entries(value, depth);
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function')
      return this.of(
        attempt(() => toJSON.call(value)),
        depth + 1,
      );
    return this.#entries(ownEntries(value), depth);
  }

  #list(items: Iterable<unknown>, length: number, depth: number): unknown[] {
    const list: unknown[] = [];
    for (const item of items) {
      if (this.#nodes-- <= 0) {
        list.push(`[${length - list.length} more]`);
        break;
      }
      list.push(this.of(item, depth + 1) ?? null);
    }
    return list;
  }

  #entries(entries: Iterable<readonly [unknown, unknown]>, depth: number): Record<string, unknown> {
    // The record has no prototype, so that `__proto__` is an ordinary key.
    const record: Record<string, unknown> = Object.create(null);
    for (const [key, value] of entries) {
      if (this.#nodes-- <= 0) {
        record['…'] = '[left out]';
        break;
      }
      if (typeof value !== 'function') record[String(key)] = this.of(value, depth + 1);
    }
    return record;
  }
}

function* ownEntries(value: object): Generator<[string, unknown]> {
  for (const key of Object.keys(value)) yield [key, attempt(() => (value as Record<string, unknown>)[key])];
}

function attempt(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return `[unreadable: ${error instanceof Error ? error.name : 'error'}]`;
  }
}

/** Describes objects whose members are useless or must not be read. Undefined for all other objects. */
function describeSpecial(value: object): string | undefined {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[binary, ${value.byteLength} bytes]`;
  if (value instanceof RegExp || value instanceof URL) return String(value);
  if (value instanceof Promise) return '[promise]';
  if (typeof Blob !== 'undefined' && value instanceof Blob)
    return `[${value.type || 'blob'}, ${value.size} bytes]`;
  if (Symbol.asyncIterator in value || typeof (value as { pipe?: unknown }).pipe === 'function')
    return '[stream]';
  if (value instanceof AbortSignal) return '[signal]';
  return undefined;
}
