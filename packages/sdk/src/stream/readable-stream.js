import { patchMethod } from './hooks.ts';
import { tapAsyncIterator } from './iterator.ts';
/**
 * Listens to a web stream through every way there is to read it. The stream stays the same object and its queue is
 * not touched, so back-pressure is that of the reader. Chunks that are piped from stream to stream inside the
 * runtime are not seen; with `pipeThrough` those that come out are.
 */
export function tapReadableStream(stream, hooks) {
    const isTapped = patchMethod(stream, 'getReader', (original) => function (...args) {
        const reader = Reflect.apply(original, this, args);
        tapReader(reader, hooks);
        return reader;
    });
    for (const key of ['values', Symbol.asyncIterator]) {
        patchMethod(stream, key, (original) => function (...args) {
            const iterator = Reflect.apply(original, this, args);
            tapAsyncIterator(iterator, hooks);
            return iterator;
        });
    }
    patchMethod(stream, 'cancel', (original) => function (...args) {
        const result = Reflect.apply(original, this, args);
        hooks.cancelled();
        return result;
    });
    patchMethod(stream, 'pipeTo', (original) => function (...args) {
        const piped = Reflect.apply(original, this, args);
        return piped.then(() => hooks.done(undefined), (error) => {
            hooks.failed(error);
            throw error;
        });
    });
    patchMethod(stream, 'pipeThrough', (original) => function (...args) {
        const readable = Reflect.apply(original, this, args);
        tapReadableStream(readable, hooks);
        return readable;
    });
    patchMethod(stream, 'tee', (original) => tapTee(original, hooks));
    return isTapped;
}
function tapReader(reader, hooks) {
    patchMethod(reader, 'read', (original) => function (...args) {
        const reading = Reflect.apply(original, this, args);
        return reading.then((result) => {
            if (result.done)
                hooks.done(undefined);
            else
                hooks.chunk(result.value);
            return result;
        }, (error) => {
            // A released reader rejects what it was waiting for; the stream itself is well.
            if (!(error instanceof TypeError))
                hooks.failed(error);
            throw error;
        });
    });
    patchMethod(reader, 'cancel', (original) => function (...args) {
        const result = Reflect.apply(original, this, args);
        hooks.cancelled();
        return result;
    });
}
/** Both branches bring the same chunks: each is told once, and the stream is cancelled when both branches are. */
function tapTee(original, hooks) {
    return function (...args) {
        const branches = Reflect.apply(original, this, args);
        let told = 0;
        let cancelled = 0;
        for (const branch of branches) {
            let seen = 0;
            tapReadableStream(branch, {
                ...hooks,
                chunk: (value) => {
                    if (++seen <= told)
                        return;
                    told = seen;
                    hooks.chunk(value);
                },
                cancelled: () => {
                    if (++cancelled === branches.length)
                        hooks.cancelled();
                },
            });
        }
        return branches;
    };
}
