/** Callbacks for the parts of a value. */
export interface Visitor {
  /** Returns the replacement for a text, or the text itself. */
  text(text: string, key: string, path: string): string;
  /** Returns the replacement for a member's whole value, undefined to visit its parts, or `REMOVED` to remove it. */
  member(key: string, value: unknown, path: string): string | typeof REMOVED | undefined;
  /** Called when a value cannot be examined and is replaced as a whole. */
  guarded(reason: Guard): void;
}

export const REMOVED = Symbol('removed');

/** The reason why a value cannot be examined. It is also the label of the placeholder. */
export type Guard = 'TOO_DEEP' | 'TOO_LARGE' | 'CIRCULAR' | 'UNREADABLE';

/** Real JSON is far less deep. Deeper values could overflow the stack of code that reads them later. */
const MAX_DEPTH = 100;
const MAX_NODES = 1_000_000;

interface State {
  readonly visitor: Visitor;
  readonly ancestors: Set<object>;
  nodes: number;
}

/**
 * Applies a visitor to everything that JSON would show of a value: strings, numbers and names at any depth. The input
 * is not changed, and parts without a change are returned as they are, not copied. Parts that throw, are too large,
 * nest too deep or are circular are replaced, because they cannot be examined.
 */
export function walk(value: unknown, key: string, path: string, visitor: Visitor): unknown {
  return walkValue(value, key, path, 0, { visitor, ancestors: new Set(), nodes: 0 });
}

function walkValue(value: unknown, key: string, path: string, depth: number, state: State): unknown {
  if (typeof value === 'string') return state.visitor.text(value, key, path);
  if (typeof value === 'number' || typeof value === 'bigint') {
    const text = String(value);
    const redacted = state.visitor.text(text, key, path);
    return redacted === text ? value : redacted;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (++state.nodes > MAX_NODES) return guard('TOO_LARGE', state);
  if (depth >= MAX_DEPTH) return guard('TOO_DEEP', state);
  if (state.ancestors.has(value)) return guard('CIRCULAR', state);
  state.ancestors.add(value);
  try {
    return walkObject(value, key, path, depth, state);
  } catch {
    return guard('UNREADABLE', state);
  } finally {
    state.ancestors.delete(value);
  }
}

function walkObject(value: object, key: string, path: string, depth: number, state: State): unknown {
  if (Array.isArray(value)) return walkArray(value, key, path, depth, state);
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value;
  if (value instanceof Map || value instanceof Set) return walkArray([...value], key, path, depth, state);
  const { toJSON } = value as { readonly toJSON?: unknown };
  if (typeof toJSON === 'function') {
    const json: unknown = toJSON.call(value, key);
    const redacted = walkValue(json, key, path, depth + 1, state);
    return redacted === json ? value : redacted;
  }
  return walkMembers(value, path, depth, state);
}

function walkArray(
  values: readonly unknown[],
  key: string,
  path: string,
  depth: number,
  state: State,
): unknown {
  let copy: unknown[] | undefined;
  for (let index = 0; index < values.length; index++) {
    const item = values[index];
    const redacted = walkValue(item, key, join(path, String(index)), depth + 1, state);
    if (redacted === item) continue;
    copy ??= [...values];
    copy[index] = redacted;
  }
  return copy ?? values;
}

function walkMembers(value: object, path: string, depth: number, state: State): unknown {
  const members: [string, unknown][] = [];
  const names = new Set<string>();
  let isChanged = false;
  for (const [name, item] of Object.entries(value)) {
    // The value is visited with the redacted name, so that a second redaction uses the same name.
    const key = state.visitor.text(name, '', '');
    const itemPath = join(path, key);
    const whole = state.visitor.member(key, item, itemPath);
    const redacted = whole ?? walkValue(item, key, itemPath, depth + 1, state);
    const newName = freeName(key, names);
    isChanged ||= redacted !== item || newName !== name;
    names.add(newName);
    if (redacted !== REMOVED) members.push([newName, redacted]);
  }
  if (!isChanged) return value;
  // `fromEntries` defines own properties, so a member named `__proto__` does not set the prototype.
  const copy: object = Object.fromEntries(members);
  return Object.getPrototypeOf(value) === null ? Object.setPrototypeOf(copy, null) : copy;
}

/** Appends a number if another member already has this name, for example because both became the same placeholder. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name;
  let number = taken.size;
  while (taken.has(`${name} ${number}`)) number++;
  return `${name} ${number}`;
}

const join = (path: string, segment: string): string => (path === '' ? segment : `${path}.${segment}`);

function guard(reason: Guard, { visitor }: State): string {
  visitor.guarded(reason);
  return `[${reason}]`;
}
