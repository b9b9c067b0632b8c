import { expect } from 'vitest';
import { FIRST_PAUSE_MS, LIMIT_MS, type WaitOptions } from './wait-for.ts';

/**
 * An assertion about a value that takes a while to get there: `read` is called until the matcher accepts its result.
 * If the limit passes, the error names `what`, the expected value and the last value.
 *
 * @example
 * await eventually('the selected span', () => textOf(heading)).toBe('rerank');
 */
export function eventually<Value>(
  what: string,
  read: () => Value | Promise<Value>,
  { limitMs = LIMIT_MS }: WaitOptions = {},
) {
  return expect.poll(read, { message: what, timeout: limitMs, interval: 2 * FIRST_PAUSE_MS });
}
