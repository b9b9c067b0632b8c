import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';
import { warnOnce } from './report.ts';

export const IS_EDGE: boolean = true;

/** Always undefined: edge runtimes may have `node:http` for compatibility, but the SDK uses `fetch` there. */
export function builtins(): undefined {
  return undefined;
}

/** The methods of `AsyncLocalStorage` that the context manager needs. */
interface Storage {
  run<T>(value: Context, fn: () => T): T;
  getStore(): Context | undefined;
}

/**
 * Uses the runtime's `AsyncLocalStorage`, which is a global (Vercel) or a module behind a compatibility flag
 * (Cloudflare).
 */
export function createContextManager(): ContextManager & { readonly attach?: undefined } {
  const storage = findStorage();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (entered, fn, thisArg, ...args) => storage.run(entered, () => fn.apply(thisArg as never, args)),
    bind: (entered, target) =>
      typeof target === 'function'
        ? // A proxy keeps everything about the function except the call.
          new Proxy(target, {
            apply: (fn, self, args) => storage.run(entered, () => Reflect.apply(fn, self, args)),
          })
        : target,
    enable: () => manager,
    disable: () => manager,
  };
  return manager;
}

function findStorage(): Storage {
  const { AsyncLocalStorage } = globalThis as { AsyncLocalStorage?: new () => Storage };
  const Found =
    AsyncLocalStorage ?? globalThis.process?.getBuiltinModule?.('node:async_hooks')?.AsyncLocalStorage;
  if (Found !== undefined) return new Found() as Storage;
  warnOnce(
    'this runtime has no AsyncLocalStorage, so a span that starts after an await loses its parent ' +
      '(on Cloudflare, set the compatibility flag nodejs_compat)',
  );
  return new TurnStorage();
}

/** A fallback without `AsyncLocalStorage`: keeps the context until the first `await`. */
class TurnStorage implements Storage {
  #active: Context | undefined;

  run<T>(value: Context, fn: () => T): T {
    const before = this.#active;
    this.#active = value;
    try {
      return fn();
    } finally {
      this.#active = before;
    }
  }
  getStore(): Context | undefined {
    return this.#active;
  }
}
