import { setTimeout as delay } from 'node:timers/promises';

/** One minute: a test must also pass on a slow machine that is busy with other work. */
export const LIMIT_MS = 60_000;
/** Pauses between two checks. They grow, because the work that a test waits for needs the processor too. */
export const FIRST_PAUSE_MS = 20;
const PAUSE_GROWTH = 1.4;
const LAST_PAUSE_MS = 250;

export interface WaitOptions {
  /** Default: 60,000. */
  readonly limitMs?: number;
}

/**
 * Polls `check` until it returns something other than `undefined` or `false`, and returns that value.
 *
 * A failed assertion inside `check` also means "not yet". Any other error ends the wait at once, because the server
 * must not answer 500 before it answers 200. If the limit passes, the error names `what` and the last result.
 *
 * @example
 * const trace = await waitFor('the trace with two spans', async () => {
 *   const trace = await readTrace(traceId);
 *   return trace?.spans.length === 2 && trace;
 * });
 */
export async function waitFor<Value>(
  what: string,
  check: () => Value | Promise<Value>,
  { limitMs = LIMIT_MS }: WaitOptions = {},
): Promise<Exclude<Awaited<Value>, undefined | false>> {
  const deadline = performance.now() + limitMs;
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * PAUSE_GROWTH, LAST_PAUSE_MS)) {
    const result = await resultOf(check);
    if ('value' in result) return result.value as Exclude<Awaited<Value>, undefined | false>;
    if (performance.now() > deadline) {
      throw new Error(`Expected ${what} within ${limitMs / 1000} s, but ${result.last}`, {
        cause: result.error,
      });
    }
    await delay(pauseMs);
  }
}

/**
 * Polls `assertions` until all of them hold. For one assertion, `eventually` (eventually.ts) is shorter.
 *
 * @example
 * await waitToPass('both rows', async () => {
 *   expect(await rowsOf('facts')).toEqual(['a']);
 *   expect(await rowsOf('contents')).toEqual(['a']);
 * });
 */
export async function waitToPass(
  what: string,
  assertions: () => unknown,
  options?: WaitOptions,
): Promise<void> {
  await waitFor(
    what,
    async () => {
      await assertions();
      return true;
    },
    options,
  );
}

type Result<Value> = { readonly value: Value } | { readonly last: string; readonly error?: Error };

async function resultOf<Value>(check: () => Value | Promise<Value>): Promise<Result<Value>> {
  try {
    const value = await check();
    return value === undefined || value === false ? { last: `the last result was ${value}` } : { value };
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AssertionError') throw error;
    return { last: `the last check failed: ${error.message}`, error };
  }
}
