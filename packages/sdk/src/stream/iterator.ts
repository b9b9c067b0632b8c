import { context } from '@opentelemetry/api';
import { patchMethod, type ResultHooks } from './hooks.ts';

/*
 * Iterators, generators among them: `next`, `return` and `throw` of the object itself are listened to. Nothing is
 * read ahead and nothing is read that the application does not ask for.
 */

/** Listens to a synchronous iterator. */
export function tapIterator(iterator: object, hooks: ResultHooks): boolean {
  const listen = (isReturn: boolean) => (original: (...args: unknown[]) => unknown) =>
    function (this: unknown, ...args: unknown[]) {
      try {
        const result = context.with(hooks.context, () => Reflect.apply(original, this, args));
        tellResult(result, isReturn, hooks);
        return result;
      } catch (error) {
        hooks.failed(error);
        throw error;
      }
    };
  return patchAll(iterator, listen);
}

/** Listens to an asynchronous iterator; each result is passed on as soon as it is there. */
export function tapAsyncIterator(iterator: object, hooks: ResultHooks): boolean {
  const listen = (isReturn: boolean) => (original: (...args: unknown[]) => unknown) =>
    function (this: unknown, ...args: unknown[]) {
      let promise: unknown;
      try {
        promise = context.with(hooks.context, () => Reflect.apply(original, this, args));
      } catch (error) {
        hooks.failed(error);
        throw error;
      }
      if (!(promise instanceof Promise)) {
        tellResult(promise, isReturn, hooks);
        return promise;
      }
      return promise.then(
        (result) => {
          tellResult(result, isReturn, hooks);
          return result;
        },
        (error) => {
          hooks.failed(error);
          throw error;
        },
      );
    };
  return patchAll(iterator, listen);
}

type Listen = (
  isReturn: boolean,
) => (original: (...args: unknown[]) => unknown) => (this: unknown, ...args: unknown[]) => unknown;

function patchAll(iterator: object, listen: Listen): boolean {
  if (!patchMethod(iterator, 'next', listen(false))) return false;
  patchMethod(iterator, 'return', listen(true));
  patchMethod(iterator, 'throw', listen(false));
  return true;
}

function tellResult(result: unknown, isReturn: boolean, hooks: ResultHooks): void {
  if (typeof result !== 'object' || result === null) return;
  const { done, value } = result as { done?: unknown; value?: unknown };
  if (!done) hooks.chunk(value);
  else if (isReturn) hooks.cancelled();
  else hooks.done(value);
}
