import { context } from '@opentelemetry/api';
import { patchMethod } from './hooks.ts';
/*
 * Iterators, generators among them: `next`, `return` and `throw` of the object itself are listened to. Nothing is
 * read ahead and nothing is read that the application does not ask for.
 */
/** Listens to a synchronous iterator. */
export function tapIterator(iterator, hooks) {
    const listen = (isReturn) => (original) => function (...args) {
        try {
            const result = context.with(hooks.context, () => Reflect.apply(original, this, args));
            tellResult(result, isReturn, hooks);
            return result;
        }
        catch (error) {
            hooks.failed(error);
            throw error;
        }
    };
    return patchAll(iterator, listen);
}
/** Listens to an asynchronous iterator; each result is passed on as soon as it is there. */
export function tapAsyncIterator(iterator, hooks) {
    const listen = (isReturn) => (original) => function (...args) {
        let promise;
        try {
            promise = context.with(hooks.context, () => Reflect.apply(original, this, args));
        }
        catch (error) {
            hooks.failed(error);
            throw error;
        }
        if (!(promise instanceof Promise)) {
            tellResult(promise, isReturn, hooks);
            return promise;
        }
        return promise.then((result) => {
            tellResult(result, isReturn, hooks);
            return result;
        }, (error) => {
            hooks.failed(error);
            throw error;
        });
    };
    return patchAll(iterator, listen);
}
function patchAll(iterator, listen) {
    if (!patchMethod(iterator, 'next', listen(false)))
        return false;
    patchMethod(iterator, 'return', listen(true));
    patchMethod(iterator, 'throw', listen(false));
    return true;
}
function tellResult(result, isReturn, hooks) {
    if (typeof result !== 'object' || result === null)
        return;
    const { done, value } = result;
    if (!done)
        hooks.chunk(value);
    else if (isReturn)
        hooks.cancelled();
    else
        hooks.done(value);
}
