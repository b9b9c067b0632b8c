import type { Context } from '@opentelemetry/api';
import { swallow } from '../core/report.ts';

/** What is told about a result while the application consumes it. Each of the last three ends the story. */
export interface ResultHooks {
  /** The context in which generators run, so that what they start is below their span. */
  readonly context: Context;
  /** One item of a stream or generator. */
  chunk(value: unknown): void;
  /** All was consumed. `value`: what a function or generator returned. */
  done(value: unknown): void;
  failed(error: unknown): void;
  /** The consumer stopped early. */
  cancelled(): void;
}

const ignore = () => {};
/** For those who want to know one thing only. */
export const NO_HOOKS: Omit<ResultHooks, 'context'> = {
  chunk: ignore,
  done: ignore,
  failed: ignore,
  cancelled: ignore,
};

/** Hooks that tell only one end, whatever ends first, and never throw. */
export function onceHooks(hooks: ResultHooks): ResultHooks {
  let isOver = false;
  const guarded = (tell: () => void, isEnd: boolean) => {
    if (isOver) return;
    isOver = isEnd;
    try {
      tell();
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
 * Replaces a method on one object by one that calls it: the object stays the same object, `instanceof` and private
 * fields keep working. False where the object does not allow it or has no such method.
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
