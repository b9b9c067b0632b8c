import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';
import { warnOnce } from './report.ts';

export const IS_EDGE: boolean = true;

/** `node:http` and its like may exist for compatibility; `fetch` is what these runtimes are made for. */
export function builtins(): undefined {
  return undefined;
}

/** As much of `AsyncLocalStorage` as a context takes. */
interface Storage {
  run<T>(value: Context, fn: () => T): T;
  getStore(): Context | undefined;
}

/** Over the runtime's `AsyncLocalStorage`: a global (Vercel) or a module behind a compatibility flag (Cloudflare). */
export function createContextManager(): ContextManager & { readonly attach?: undefined } {
  const storage = findStorage();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (entered, fn, thisArg, ...args) => storage.run(entered, () => fn.apply(thisArg as never, args)),
    bind: (entered, target) =>
      typeof target === 'function'
        ? // A proxy is the function in every respect but its call.
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
    'this runtime has no AsyncLocalStorage: a span that starts after an await is not below the one before it ' +
      '(on Cloudflare, set the compatibility flag nodejs_compat)',
  );
  return new TurnStorage();
}

/** Knows the context until the first `await`. */
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
