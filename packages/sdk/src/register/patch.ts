import { swallow, warnOnce } from '../core/report.ts';
import type { AnyFunction } from '../stream/hooks.ts';
import type { Exports } from './integration.ts';

/** On the functions that stand in for others: what they stand for. Shared by the ESM and the CommonJS build. */
const ORIGINAL = Symbol.for('@throughline/sdk.original');
type Wrapped = AnyFunction & { [ORIGINAL]?: AnyFunction };

/**
 * Puts a function in the place of a method of a prototype or of one object: its `name`, `length` and properties stay.
 * A method that is wrapped already, here or further up the prototype chain, is left alone, and so is one that another
 * instrumentation has wrapped: that is said once.
 *
 * @param where Names the method in reports: `openai chat.completions.create`.
 * @returns Whether the method is traced now.
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
      warnOnce(`${where} is traced by another instrumentation already and is left to it`);
      return false;
    }
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    Object.defineProperty(target, key, {
      value: standIn(original, make(original)),
      configurable: true,
      writable: true,
      // A method on an instance that shadows its class's is not to be seen by those who list the instance.
      enumerable: descriptor?.enumerable ?? false,
    });
    return true;
  } catch (error) {
    swallow(`instrumenting ${where}`, error);
    return false;
  }
}

/** A method that a supported version was believed to have is said once: nothing is left out in silence. */
export function reportMissing(target: unknown, key: string, where: string): void {
  if (typeof memberAt(target, [key]) !== 'function')
    warnOnce(`${where} was not found in this version of the package and is not traced`);
}

/** A function that is another in all but what it does. */
export function standIn(original: AnyFunction, replacement: AnyFunction): AnyFunction {
  return new Proxy(original, {
    apply: (_, self, args) => Reflect.apply(replacement, self, args),
    get: (target, key) => (key === ORIGINAL ? target : Reflect.get(target, key)),
  });
}

/** OpenTelemetry's instrumentations and everything else that wraps by `shimmer` or its like leave this mark. */
function isWrappedByOthers(method: AnyFunction): boolean {
  const { __wrapped, __original } = method as AnyFunction & { __wrapped?: unknown; __original?: unknown };
  return __wrapped === true || typeof __original === 'function';
}

/**
 * The exports with one member replaced: in place where they allow it (ESM under the loader hook always does), else a
 * view of them, for CommonJS whose members are getters. To be returned from `Integration.patch`.
 */
export function withExport(exports: Exports, key: string, value: unknown): Exports {
  try {
    (exports as Record<string, unknown>)[key] = value;
    if (exports[key] === value) return exports;
  } catch {
    // A getter without a setter.
  }
  const descriptor = Object.getOwnPropertyDescriptor(exports, key);
  if (descriptor?.configurable === true) {
    const { enumerable = true } = descriptor;
    return Object.defineProperty(exports, key, { get: () => value, enumerable, configurable: true });
  }
  // A proxy must tell the truth about members that are fixed, so its target is a copy.
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

/** A member of nested objects; undefined where any of them is missing. */
export function memberAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if ((typeof found !== 'object' && typeof found !== 'function') || found === null) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}

/** Is told what a getter of a prototype gives, each time that it gives something: the getter stays what it is else. */
export function wrapGetter(target: unknown, key: string, seen: (value: unknown) => void): boolean {
  if (typeof target !== 'object' || target === null) return false;
  const descriptor = Object.getOwnPropertyDescriptor(target, key);
  const original = descriptor?.get as Wrapped | undefined;
  if (original === undefined || descriptor?.configurable !== true) return false;
  if (original[ORIGINAL] !== undefined) return true;
  const get = standIn(original, function (this: unknown) {
    const value: unknown = Reflect.apply(original, this, []);
    seen(value);
    return value;
  });
  Object.defineProperty(target, key, { ...descriptor, get });
  return true;
}
