import { patchMethod, type ResultHooks } from './hooks.ts';

/**
 * Observes a Node stream by wrapping `emit`. Every way of reading it (events, `read`, `pipe`, `for await`) emits `data`.
 * Adding a listener instead would start the flow of the stream.
 */
export function tapNodeReadable(stream: object, hooks: ResultHooks): boolean {
  return patchMethod(
    stream,
    'emit',
    (original) =>
      function (this: unknown, ...args) {
        const [event, value] = args;
        if (event === 'data') hooks.chunk(value);
        else if (event === 'end') hooks.done(undefined);
        else if (event === 'error' && !isAbort(value)) hooks.failed(value);
        else if (event === 'close' || event === 'error') hooks.cancelled();
        return Reflect.apply(original, this, args);
      },
  );
}

export function isNodeReadable(value: object): boolean {
  const { pipe, read, emit, _readableState } = value as Record<string, unknown>;
  return (
    typeof pipe === 'function' &&
    typeof read === 'function' &&
    typeof emit === 'function' &&
    typeof _readableState === 'object'
  );
}

/** Returns whether the stream was destroyed because its consumer stopped early. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
