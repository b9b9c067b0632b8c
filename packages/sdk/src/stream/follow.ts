import { context } from '@opentelemetry/api';
import { swallow } from '../core/report.ts';
import { type WatchedHooks, watchResult } from './abandoned.ts';
import { patchMethod, type ResultHooks } from './hooks.ts';
import { tapAsyncIterator, tapIterator } from './iterator.ts';
import { isNodeReadable, tapNodeReadable } from './node-readable.ts';
import { tapReadableStream } from './readable-stream.ts';

/**
 * Calls hooks while the application consumes the result of a function. Returns the same object, except for native
 * promises, for which it returns a new one that settles the same way. (Adding a handler to the original promise would
 * mark its rejection as handled.)
 *
 * @param hooks Must not throw; see `onceHooks`.
 */
export function follow<T>(result: T, hooks: ResultHooks): T {
  try {
    return followed(result, hooks);
  } catch (error) {
    // Reading the result may throw, e.g. if it is a proxy.
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

/**
 * Observes a stream, generator or asynchronous iterable in place. Returns false if the value is none of these. A result
 * that the application abandons is cancelled, see `watchResult`.
 */
export function tapStream(value: object, hooks: ResultHooks): boolean {
  const watched = watchResult(value, hooks);
  const isTapped = tapWatched(value, hooks, watched);
  if (!isTapped) watched.release();
  return isTapped;
}

function tapWatched(value: object, unwatched: ResultHooks, hooks: WatchedHooks): boolean {
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
          if (typeof iterator !== 'object' || iterator === null) return iterator;
          // The application may keep only the iterator.
          hooks.release();
          tapAsyncIterator(iterator, watchResult(iterator, unwatched));
          return iterator;
        },
    );
  }
  // Arrays, maps and sets are values, not streams. Only objects with a `next` method are consumed by iteration.
  return Symbol.iterator in value && typeof next === 'function' ? tapIterator(value, hooks) : false;
}

/**
 * Observes promises of other classes and lazy thenables in place, so that they keep their identity and methods. Only
 * `then` is wrapped, and it is called only when the application calls it, because that starts lazy thenables such as
 * query builders.
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
