import { record } from '../providers/json.ts';

const ABORTS = new Set<unknown>(['AbortError', 'APIUserAbortError', 'RequestAbortedError']);

/** Whether an error is the application's own abort, in the words of `fetch` and of the clients: no failure. */
export function isAbort(error: unknown): boolean {
  const { name, constructor: made } = record(error);
  return ABORTS.has(name) || ABORTS.has(record(made).name);
}
