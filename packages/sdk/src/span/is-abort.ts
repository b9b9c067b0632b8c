import { record } from '../core/json.ts';

const ABORTS = new Set<unknown>(['AbortError', 'APIUserAbortError', 'RequestAbortedError']);

/** Returns whether the application aborted the call itself, as reported by `fetch` or a client. This is not a failure. */
export function isAbort(error: unknown): boolean {
  const { name, constructor: made } = record(error);
  return ABORTS.has(name) || ABORTS.has(record(made).name);
}
