import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';

/*
 * What Node and Bun have and edge runtimes lack. In the build for those `runtime-edge.ts` takes the place of this file.
 */

/** Whether a request takes what it started with it when it ends. */
export const IS_EDGE: boolean = false;

/** Gives Node's own modules, without an import that bundlers would stumble over; undefined where there are none. */
export function builtins(): NodeJS.Process['getBuiltinModule'] | undefined {
  return globalThis.process?.getBuiltinModule;
}

export function createContextManager(): AsyncLocalStorageContextManager {
  return new AsyncLocalStorageContextManager();
}
