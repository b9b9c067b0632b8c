/*
 * Any value to a text of bounded length, in bounded time, without ever throwing.
 *
 * Most content is plain JSON of a few kilobytes: it is checked in one pass that allocates nothing and then left to
 * the engine's own JSON. The rest (class instances, cycles, binary data, giant values, anything to be masked) is
 * copied into plain JSON first.
 */

export interface TextLimits {
  /** Characters of the result. */
  readonly maxCharacters: number;
  /** What binary content in base64 becomes. */
  readonly media: 'keep' | 'drop';
  /** Replaces a text; undefined where nothing is masked. */
  readonly mask?: ((text: string) => string) | undefined;
  /** Replaces a text or plain JSON before the mask sees it. */
  readonly redact?: ((value: unknown) => unknown) | undefined;
}

const MAX_DEPTH = 32;
const MAX_NODES = 20_000;
/** Integers from here on are shown to the mask: card and telephone numbers are sometimes sent as numbers. */
const SMALLEST_MASKED_INTEGER = 1_000_000;
/** Cut only so far before masking, so that nothing that the mask would find is cut in two within the limit. */
const MASK_SLACK = 2_000;
/** Texts are looked at up to so many times the limit in all; what comes after is left out unseen. */
const MAX_EXCESS = 8;
const BASE64_HEAD = 256;
const BASE64 = /^[A-Za-z0-9+/_-]{256}$/;

/** A string is given as it is, anything else as JSON; undefined for undefined, functions and symbols. */
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

/** The JSON of a value that needs no care; undefined where it does. */
function simpleJson(value: unknown, { mask, redact, media, maxCharacters }: TextLimits): string | undefined {
  if (mask !== undefined || redact !== undefined || media !== 'keep') return undefined;
  try {
    if (simpleSize(value, maxCharacters, 0) < 0) return undefined;
    const json = JSON.stringify(value);
    return json.length <= maxCharacters ? json : undefined;
  } catch {
    // A getter that throws.
    return undefined;
  }
}

/**
 * What is left of `budget` characters after a value that JSON would write as it is; negative where it is too large,
 * too deep or holds anything but plain objects, arrays and primitives.
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

/** A copy in plain JSON: bounded nodes, bounded text, cycles named, binary data as a note of its size. */
class PlainCopy {
  readonly #limits: TextLimits;
  #nodes = MAX_NODES;
  /** Characters of all texts so far. */
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
    // Without a prototype, so that `__proto__` is a key like any other.
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

/** Objects whose members say nothing or must not be touched. */
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

function cleaned(text: string, limits: TextLimits): string {
  if (limits.media === 'drop' || text.length > limits.maxCharacters) {
    const note = mediaNote(text);
    if (note !== undefined) return note;
  }
  if (limits.mask === undefined) return text;
  const bound = limits.maxCharacters + MASK_SLACK;
  const masked = limits.mask(text.length > bound ? text.slice(0, bound) : text);
  return masked.length > limits.maxCharacters ? cut(masked, limits.maxCharacters) : masked;
}

function redactedText(text: string, { redact, maxCharacters }: TextLimits): string {
  if (redact === undefined) return text;
  const bound = maxCharacters + MASK_SLACK;
  const redacted = redact(text.length > bound ? text.slice(0, bound) : text);
  return typeof redacted === 'string' ? redacted : String(redacted);
}

/** For a data URL or a long run of base64: what it was and how large. */
function mediaNote(text: string): string | undefined {
  const url = text.startsWith('data:')
    ? /^data:([^;,]{0,100})[^,]{0,200};base64,/.exec(text.slice(0, 400))
    : null;
  if (url !== null)
    return `[${url[1] || 'data'}, ${Math.floor(((text.length - url[0].length) * 3) / 4)} bytes]`;
  if (text.length <= BASE64_HEAD || !BASE64.test(text.slice(0, BASE64_HEAD))) return undefined;
  return `[base64, ${Math.floor((text.length * 3) / 4)} bytes]`;
}

/** JSON within the limit: texts and lists inside are shortened further and further until it fits. */
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

/** At most so many characters, no half of a surrogate pair at the end, and a note of what is missing. */
export function cut(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const note = `… [${text.length} characters]`;
  let end = Math.max(0, maxCharacters - note.length);
  const last = text.charCodeAt(end - 1);
  if (last >= 0xd800 && last <= 0xdbff) end--;
  return text.slice(0, end) + note;
}
