import { context } from '@opentelemetry/api';
import { patchMethod, type ResultHooks } from './hooks.ts';

/*
 * Observes iterators, including generators, by wrapping `next`, `return` and `throw` of the object itself. Never reads
 * ahead or reads items that the application does not request.
 */

/** Observes a synchronous iterator. */
export function tapIterator(iterator: object, hooks: ResultHooks): boolean {
  const listen = (isReturn: boolean) => (original: (...args: unknown[]) => unknown) =>
    function (this: unknown, ...args: unknown[]) {
      try {
        const result = context.with(hooks.context, () => Reflect.apply(original, this, args));
        reportResult(result, isReturn, hooks);
        return result;
      } catch (error) {
        hooks.failed(error);
        throw error;
      }
    };
  return patchAll(iterator, listen);
}

/** Observes an asynchronous iterator. Each result is passed on as soon as it arrives. */
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
        reportResult(promise, isReturn, hooks);
        return promise;
      }
      return promise.then(
        (result) => {
          reportResult(result, isReturn, hooks);
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

function reportResult(result: unknown, isReturn: boolean, hooks: ResultHooks): void {
  if (typeof result !== 'object' || result === null) return;
  const { done, value } = result as { done?: unknown; value?: unknown };
  if (!done) hooks.chunk(value);
  else if (isReturn) hooks.cancelled();
  else hooks.done(value);
}
