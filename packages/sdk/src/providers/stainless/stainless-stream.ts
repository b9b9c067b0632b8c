import { record } from '../../core/json.ts';
import { type AnyFunction, patchMethod, type ResultHooks } from '../../stream/hooks.ts';
import { tapAsyncIterator } from '../../stream/iterator.ts';

interface StainlessStream {
  iterator: AnyFunction;
  controller: AbortController;
}

/** Observes the value of a client's promise: a stream until its end, any other value as the complete response. */
export function tapValue(
  value: unknown,
  hooks: ResultHooks,
  isExtra: ((chunk: unknown) => boolean) | undefined,
): void {
  if (!isStainlessStream(value)) {
    hooks.done(value);
    return;
  }
  const stream = value;
  const { signal } = stream.controller;
  const { iterator: original } = stream;
  const streamHooks: ResultHooks = {
    ...hooks,
    // An aborted stream ends without an error.
    done: (result) => (signal.aborted ? hooks.cancelled() : hooks.done(result)),
  };
  stream.iterator = function (this: unknown, ...args: unknown[]) {
    const iterator = Reflect.apply(original, this, args);
    if (typeof iterator === 'object' && iterator !== null) {
      tapAsyncIterator(iterator, streamHooks);
      if (isExtra !== undefined) hideFrom(iterator, isExtra);
    }
    return iterator;
  };
  // Ends the span of an aborted stream that is no longer read. The delay is needed because clients also abort after an
  // error, which must be reported first.
  signal.addEventListener('abort', () => setTimeout(() => hooks.cancelled(), 0), { once: true });
}

function isStainlessStream(value: unknown): value is StainlessStream {
  const { iterator, controller } = record(value);
  return typeof iterator === 'function' && controller instanceof AbortController;
}

/** Hides chunks from the application that it did not request. */
function hideFrom(iterator: object, isExtra: (chunk: unknown) => boolean): void {
  patchMethod(
    iterator,
    'next',
    (original) =>
      async function (this: unknown, ...args) {
        for (;;) {
          const result = record(await Reflect.apply(original, this, args));
          if (result.done === true || !isExtra(result.value)) return result;
        }
      },
  );
}
