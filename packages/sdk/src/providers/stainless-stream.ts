import { type AnyFunction, patchMethod, type ResultHooks } from '../stream/hooks.ts';
import { tapAsyncIterator } from '../stream/iterator.ts';
import { record } from './json.ts';

interface StainlessStream {
  iterator: AnyFunction;
  controller: AbortController;
}

/** Follows what a promise of such a client gave: a stream until it is over, all else as the answer. */
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
    // An aborted stream just ends.
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
  // For a stream that nobody reads any more. Clients abort by themselves after an error too: that is told first.
  signal.addEventListener('abort', () => setTimeout(() => hooks.cancelled(), 0), { once: true });
}

function isStainlessStream(value: unknown): value is StainlessStream {
  const { iterator, controller } = record(value);
  return typeof iterator === 'function' && controller instanceof AbortController;
}

/** The application never sees the chunks that it did not ask for. */
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
