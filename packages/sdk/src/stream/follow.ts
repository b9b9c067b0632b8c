import { context } from '@opentelemetry/api';
import { swallow } from '../core/report.ts';
import { patchMethod, type ResultHooks } from './hooks.ts';
import { tapAsyncIterator, tapIterator } from './iterator.ts';
import { isNodeReadable, tapNodeReadable } from './node-readable.ts';
import { tapReadableStream } from './readable-stream.ts';

/**
 * Follows what a function returned until it is over, and returns what the application gets: the same object, but
 * for native promises, where it is one that settles alike. (A listener beside the application's own would make the
 * runtime believe that somebody handles the rejection.)
 *
 * @param hooks Must not throw; see `onceHooks`.
 */
export function follow<T>(result: T, hooks: ResultHooks): T {
  try {
    return followed(result, hooks);
  } catch (error) {
    // A result that cannot even be looked at, such as a proxy that throws.
    swallow('following a result', error);
    hooks.done(undefined);
    return result;
  }
}

function followed<T>(result: T, hooks: ResultHooks): T {
  if (typeof result !== 'object' || result === null) {
    hooks.done(result);
    return result;
  }
  if (result instanceof Promise && result.constructor === Promise) {
    return result.then(
      (value) => follow(value, hooks),
      (error) => {
        hooks.failed(error);
        throw error;
      },
    ) as T;
  }
  if (typeof (result as { then?: unknown }).then === 'function') {
    if (!tapThenable(result, hooks)) hooks.done(undefined);
    return result;
  }
  if (!tapStream(result, hooks)) hooks.done(result);
  return result;
}

/** Listens to a stream, generator or asynchronous iterable, in place; false where the value is none. */
export function tapStream(value: object, hooks: ResultHooks): boolean {
  if (typeof ReadableStream !== 'undefined' && value instanceof ReadableStream)
    return tapReadableStream(value, hooks);
  if (isNodeReadable(value)) return tapNodeReadable(value, hooks);
  const { next } = value as { next?: unknown };
  if (Symbol.asyncIterator in value) {
    if (typeof next === 'function') return tapAsyncIterator(value, hooks);
    return patchMethod(
      value,
      Symbol.asyncIterator,
      (original) =>
        function (this: unknown, ...args) {
          const iterator = Reflect.apply(original, this, args);
          if (typeof iterator === 'object' && iterator !== null) tapAsyncIterator(iterator, hooks);
          return iterator;
        },
    );
  }
  // Arrays, maps and sets are values, not streams; what has its own `next` is consumed by reading it.
  return Symbol.iterator in value && typeof next === 'function' ? tapIterator(value, hooks) : false;
}

/**
 * Promises of other classes and lazy thenables (query builders run when `then` is called) keep their identity and
 * their methods: only `then` is listened to, and called as often as the application calls it.
 */
function tapThenable(thenable: object, hooks: ResultHooks): boolean {
  return patchMethod(
    thenable,
    'then',
    (original) =>
      function (this: unknown, onFulfilled, onRejected) {
        const caller = context.active();
        const bound = (fn: unknown) =>
          typeof fn === 'function' ? context.bind(caller, fn as () => unknown) : undefined;
        const fulfil = bound(onFulfilled) as ((value: unknown) => unknown) | undefined;
        const reject = bound(onRejected) as ((error: unknown) => unknown) | undefined;
        return context.with(hooks.context, () =>
          Reflect.apply(original, this, [
            (value: unknown) => {
              const followed = follow(value, hooks);
              return fulfil ? fulfil(followed) : followed;
            },
            (error: unknown) => {
              hooks.failed(error);
              if (reject) return reject(error);
              throw error;
            },
          ]),
        );
      },
  );
}
