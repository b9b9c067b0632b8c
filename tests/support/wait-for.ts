import { setTimeout as delay } from 'node:timers/promises';

const TIMEOUT_MS = 10_000;
const INTERVAL_MS = 40;

/** Asks until there is an answer; `what` names it in the error where there is none in time. */
export async function waitFor<Value>(what: string, ask: () => Promise<Value | undefined>): Promise<Value> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (;;) {
    const value = await ask();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`Expected ${what} within ${TIMEOUT_MS} ms`);
    await delay(INTERVAL_MS);
  }
}
