import { patchMethod } from './hooks.ts';
/**
 * Listens to what a Node stream emits. Every way of reading one (events, `read`, `pipe`, `for await`) emits `data`;
 * no listener is added, because one would make the stream flow.
 */
export function tapNodeReadable(stream, hooks) {
    return patchMethod(stream, 'emit', (original) => function (...args) {
        const [event, value] = args;
        if (event === 'data')
            hooks.chunk(value);
        else if (event === 'end')
            hooks.done(undefined);
        else if (event === 'error' && !isAbort(value))
            hooks.failed(value);
        else if (event === 'close' || event === 'error')
            hooks.cancelled();
        return Reflect.apply(original, this, args);
    });
}
export function isNodeReadable(value) {
    const { pipe, read, emit, _readableState } = value;
    return (typeof pipe === 'function' &&
        typeof read === 'function' &&
        typeof emit === 'function' &&
        typeof _readableState === 'object');
}
/** What a stream is destroyed with where its consumer stops early. */
function isAbort(error) {
    return error instanceof Error && error.name === 'AbortError';
}
