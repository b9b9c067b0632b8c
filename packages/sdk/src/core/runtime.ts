import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

/*
 * Features that Node and Bun have and edge runtimes lack. The build for edge runtimes replaces this file with
 * `runtime-edge.ts`.
 */

/** True on edge runtimes, which stop pending work when the request that started it ends. */
export const IS_EDGE: boolean = false;

/** Loads built-in Node modules without an import that bundlers would try to resolve. Undefined if there are none. */
export function builtins(): NodeJS.Process['getBuiltinModule'] | undefined {
  return globalThis.process?.getBuiltinModule;
}

export function createContextManager(): AsyncLocalStorageContextManager {
  return new AsyncLocalStorageContextManager();
}
