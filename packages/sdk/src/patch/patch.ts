import { swallow, warnOnce } from '../core/report.ts';
import type { AnyFunction } from '../stream/hooks.ts';
import type { Exports } from './integration.ts';

/** Property of a wrapper that holds the original function. The ESM and the CommonJS build share the symbol. */
const ORIGINAL = Symbol.for('@throughline/sdk.original');
type Wrapped = AnyFunction & { [ORIGINAL]?: AnyFunction };

/**
 * Wraps a method of a prototype or of one object. Preserves its `name`, `length` and properties. Does nothing if the
 * method is already wrapped, here or further up the prototype chain. If another instrumentation has wrapped it, it stays
 * unchanged and a warning is printed once.
 *
 * @param where Name of the method in warnings, e.g. `openai chat.completions.create`.
 * @returns Whether this SDK traces the method now.
 */
export function wrapMethod(
  target: unknown,
  key: string,
  where: string,
  make: (original: AnyFunction) => (this: unknown, ...args: unknown[]) => unknown,
): boolean {
  if ((typeof target !== 'object' && typeof target !== 'function') || target === null) return false;
  try {
    const original = (target as Record<string, unknown>)[key] as Wrapped | undefined;
    if (typeof original !== 'function') return false;
    if (original[ORIGINAL] !== undefined) return true;
    if (isWrappedByOthers(original)) {
      warnOnce(`${where} is already traced by another instrumentation and is not traced again`);
      return false;
    }
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    Object.defineProperty(target, key, {
      value: withReplacedCall(original, make(original)),
      configurable: true,
      writable: true,
      // A wrapper on an instance must not appear when its properties are listed.
      enumerable: descriptor?.enumerable ?? false,
    });
    return true;
  } catch (error) {
    swallow(`instrumenting ${where}`, error);
    return false;
  }
}

/** Warns once if a method that supported versions should have is missing, so that gaps do not go unnoticed. */
export function reportMissing(target: unknown, key: string, where: string): void {
  if (typeof memberAt(target, [key]) !== 'function')
    warnOnce(`${where} was not found in this version of the package and is not traced`);
}

/** Returns a proxy of `original` that calls `replacement`. */
export function withReplacedCall(original: AnyFunction, replacement: AnyFunction): AnyFunction {
  return new Proxy(original, {
    apply: (_, self, args) => Reflect.apply(replacement, self, args),
    get: (target, key) => (key === ORIGINAL ? target : Reflect.get(target, key)),
  });
}

/** OpenTelemetry's instrumentations, `shimmer` and similar libraries set these properties on wrapped methods. */
function isWrappedByOthers(method: AnyFunction): boolean {
  const { __wrapped, __original } = method as AnyFunction & { __wrapped?: unknown; __original?: unknown };
  return __wrapped === true || typeof __original === 'function';
}

/**
 * Replaces one member of a module's exports. Changes them in place if they allow it, which ESM under the loader hook
 * always does. Otherwise, e.g. for CommonJS exports with getters, returns a changed copy. Return the result from
 * `Integration.patch`.
 */
export function withExport(exports: Exports, key: string, value: unknown): Exports {
  try {
    (exports as Record<string, unknown>)[key] = value;
    if (exports[key] === value) return exports;
  } catch {
    // The member may be a getter without a setter.
  }
  const descriptor = Object.getOwnPropertyDescriptor(exports, key);
  if (descriptor?.configurable === true) {
    const { enumerable = true } = descriptor;
    return Object.defineProperty(exports, key, { get: () => value, enumerable, configurable: true });
  }
  // A proxy is not possible, because it must report the actual value of members that are not configurable.
  const copy = Object.create(
    Object.getPrototypeOf(exports),
    Object.fromEntries(
      Object.entries(Object.getOwnPropertyDescriptors(exports)).map(([name, member]) => [
        name,
        { ...member, configurable: true },
      ]),
    ),
  );
  return Object.defineProperty(copy, key, { value, enumerable: true, configurable: true, writable: true });
}

/** Returns a member of nested objects. Undefined if any object on the path is missing. */
export function memberAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if ((typeof found !== 'object' && typeof found !== 'function') || found === null) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

/** Calls `seen` with each value that a getter of a prototype returns. The getter otherwise behaves the same. */
export function wrapGetter(target: unknown, key: string, seen: (value: unknown) => void): boolean {
  if (typeof target !== 'object' || target === null) return false;
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
  const original = descriptor?.get as Wrapped | undefined;
  if (original === undefined || descriptor?.configurable !== true) return false;
  if (original[ORIGINAL] !== undefined) return true;
  const get = withReplacedCall(original, function (this: unknown) {
    const value: unknown = Reflect.apply(original, this, []);
    seen(value);
    return value;
  });
  Object.defineProperty(target, key, { ...descriptor, get });
  return true;
}
