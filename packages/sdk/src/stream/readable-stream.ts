import { type AnyFunction, patchMethod, type ResultHooks } from './hooks.ts';
import { tapAsyncIterator } from './iterator.ts';

/**
 * Observes a web stream by wrapping all methods that read it. The stream object and its queue stay the same, so
 * back-pressure does not change. Chunks that the runtime pipes internally are not visible; with `pipeThrough`, the
 * output chunks are observed instead.
 */
export function tapReadableStream(stream: ReadableStream, hooks: ResultHooks): boolean {
  const isTapped = patchMethod(
    stream,
    'getReader',
    (original) =>
      function (this: unknown, ...args) {
        const reader = Reflect.apply(original, this, args) as object;
        tapReader(reader, hooks);
        return reader;
      },
  );
  for (const key of ['values', Symbol.asyncIterator]) {
    patchMethod(
      stream,
      key,
      (original) =>
        function (this: unknown, ...args) {
          const iterator = Reflect.apply(original, this, args) as object;
          tapAsyncIterator(iterator, hooks);
          return iterator;
        },
    );
  }
  patchMethod(
    stream,
    'cancel',
    (original) =>
      function (this: unknown, ...args) {
        const result = Reflect.apply(original, this, args);
        hooks.cancelled();
        return result;
      },
  );
  patchMethod(
    stream,
    'pipeTo',
    (original) =>
      function (this: unknown, ...args) {
        const piped = Reflect.apply(original, this, args) as Promise<void>;
        return piped.then(
          () => hooks.done(undefined),
          (error: unknown) => {
            hooks.failed(error);
            throw error;
          },
        );
      },
  );
  patchMethod(
    stream,
    'pipeThrough',
    (original) =>
      function (this: unknown, ...args) {
        const readable = Reflect.apply(original, this, args) as ReadableStream;
        tapReadableStream(readable, hooks);
        return readable;
      },
  );
  patchMethod(stream, 'tee', (original) => tapTee(original, hooks));
  return isTapped;
}

function tapReader(reader: object, hooks: ResultHooks): void {
  patchMethod(
    reader,
    'read',
    (original) =>
      function (this: unknown, ...args) {
        const reading = Reflect.apply(original, this, args) as Promise<{ done: boolean; value?: unknown }>;
        return reading.then(
          (result) => {
            if (result.done) hooks.done(undefined);
            else hooks.chunk(result.value);
            return result;
          },
          (error: unknown) => {
            // Releasing a reader rejects its pending reads with a TypeError. The stream itself has not failed.
            if (!(error instanceof TypeError)) hooks.failed(error);
            throw error;
          },
        );
      },
  );
  patchMethod(
    reader,
    'cancel',
    (original) =>
      function (this: unknown, ...args) {
        const result = Reflect.apply(original, this, args);
        hooks.cancelled();
        return result;
      },
  );
}

/** Both branches return the same chunks. Reports each chunk once, and a cancellation only if both are cancelled. */
function tapTee(original: AnyFunction, hooks: ResultHooks) {
  return function (this: unknown, ...args: unknown[]) {
    const branches = Reflect.apply(original, this, args) as [ReadableStream, ReadableStream];
    let reported = 0;
    let cancelled = 0;
    for (const branch of branches) {
      let seen = 0;
      tapReadableStream(branch, {
        ...hooks,
        chunk: (value) => {
          if (++seen <= reported) return;
          reported = seen;
          hooks.chunk(value);
        },
        cancelled: () => {
          if (++cancelled === branches.length) hooks.cancelled();
        },
      });
    }
    return branches;
  };
}
