import type { Context } from '@opentelemetry/api';
import { swallow } from '../core/report.ts';

/** Callbacks while a result is consumed. Exactly one of `done`, `failed` and `cancelled` is called at the end. */
export interface ResultHooks {
  /** The context in which generators run, so that their spans become children of the span of the call. */
  readonly context: Context;
  /** One item of a stream or generator. */
  chunk(value: unknown): void;
  /** The result was consumed completely. `value` is the return value of the function or generator. */
  done(value: unknown): void;
  failed(error: unknown): void;
  /** The consumer stopped early. */
  cancelled(): void;
}

const ignore = () => {};
/** Defaults for callers that need only one of the hooks. */
export const NO_HOOKS: Omit<ResultHooks, 'context'> = {
  chunk: ignore,
  done: ignore,
  failed: ignore,
  cancelled: ignore,
};

/** Wraps hooks so that they never throw, and ignores all calls after the first end. */
export function onceHooks(hooks: ResultHooks): ResultHooks {
  let isOver = false;
  const guarded = (callHook: () => void, isEnd: boolean) => {
    if (isOver) return;
    isOver = isEnd;
    try {
      callHook();
    } catch (error) {
      swallow('following a result', error);
    }
  };
  return {
    context: hooks.context,
    chunk: (value) => guarded(() => hooks.chunk(value), false),
    done: (value) => guarded(() => hooks.done(value), true),
    failed: (error) => guarded(() => hooks.failed(error), true),
    cancelled: () => guarded(() => hooks.cancelled(), true),
  };
}

export type AnyFunction = (...args: unknown[]) => unknown;

/**
 * Wraps a method on one object in place, so that its identity, `instanceof` and private fields keep working. Returns
 * false if the object has no such method or does not allow the change.
 */
export function patchMethod(
  target: object,
  key: string | symbol,
  make: (original: AnyFunction) => (this: unknown, ...args: unknown[]) => unknown,
): boolean {
  try {
    const original = (target as Record<string | symbol, unknown>)[key];
    if (typeof original !== 'function') return false;
    Object.defineProperty(target, key, {
      value: make(original as AnyFunction),
      configurable: true,
      writable: true,
      enumerable: false,
    });
    return true;
  } catch {
    return false;
  }
}
