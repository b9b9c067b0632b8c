import { swallow } from '../report.ts';
/** Hooks that tell only one end, whatever ends first, and never throw. */
export function onceHooks(hooks) {
    let isOver = false;
    const guarded = (tell, isEnd) => {
        if (isOver)
            return;
        isOver = isEnd;
        try {
            tell();
        }
        catch (error) {
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
/**
 * Replaces a method on one object by one that calls it: the object stays the same object, `instanceof` and private
 * fields keep working. False where the object does not allow it or has no such method.
 */
export function patchMethod(target, key, make) {
    try {
        const original = target[key];
        if (typeof original !== 'function')
            return false;
        Object.defineProperty(target, key, {
            value: make(original),
            configurable: true,
            writable: true,
            enumerable: false,
        });
        return true;
    }
    catch {
        return false;
    }
}
